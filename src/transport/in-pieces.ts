/** Node's own functions take a length below 2 GiB, and throw at more. */
const mostAtOnce = 2 ** 30;

/** The same memory, in as many views as it takes for each to be short enough for Node. */
export function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += mostAtOnce) yield bytes.subarray(at, at + mostAtOnce);
}
