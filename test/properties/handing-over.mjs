export const handsOver = true;

/** Adds one to each byte of what it was given, which it hands on; fails after that on a first attempt, where a `retry` is to follow. */
export default function (input, { attempt, options }) {
  for (let at = 0; at < input.length; at++) input[at] += 1;
  if (options.failsFirst && attempt === 1) throw new Error('again');
  return input;
}

let latest;

/** An array of its own, given away. */
export function gives() {
  latest = new Uint8Array(100_000).fill(5);
  return latest;
}

/** Bytes left in what `gives` gave last in this thread. */
export function left() {
  return latest?.byteLength ?? -1;
}
