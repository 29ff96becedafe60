/** How many arrays of which size to copy. */
export interface Copies {
  readonly count: number;
  readonly sizeBytes: number;
}

/** Milliseconds for one copy of each in shared memory, as an array goes in and out of a module that hands over. */
export function once({ count, sizeBytes }: Copies): number {
  const arrays = makeArrays(count, sizeBytes);
  return timeOfCopies(() => arrays.map(toShared));
}

/** The same for a copy in and a copy out, as any other module may keep either. */
export function twice({ count, sizeBytes }: Copies): number {
  const arrays = makeArrays(count, sizeBytes);
  return timeOfCopies(() => arrays.map((array) => toShared(toOwn(array))));
}

/** Of which no copy is in any cache, and none gets memory that was in use before: results are all there at the end of a run. */
function makeArrays(count: number, sizeBytes: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(sizeBytes).fill(7));
}

function timeOfCopies(copy: () => readonly Uint8Array[]): number {
  const began = performance.now();
  const copies = copy();
  const ms = performance.now() - began;
  if (copies.some(({ length }) => length === 0)) throw new Error('A copy is empty');
  return ms;
}

function toShared(array: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

function toOwn(array: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(array.byteLength);
  copy.set(array);
  return copy;
}
