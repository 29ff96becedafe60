/** Changes a byte and hands the array on. */
export default function touch(bytes: Uint8Array): Uint8Array {
  bytes[0] = ((bytes[0] ?? 0) + 1) & 255;
  return bytes;
}

/** An array of this many bytes. */
export function make(sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(7);
}

/** The first byte. */
export function first(bytes: Uint8Array): number {
  return bytes[0] ?? -1;
}
