import v8 from 'node:v8';

const doubleBytes = Float64Array.BYTES_PER_ELEMENT;
/** What V8 writes before the eight bytes of a fraction. */
const numberHead: Uint8Array = v8.serialize(0.5).subarray(0, -doubleBytes);
const constants: ReadonlyMap<unknown, Uint8Array> = new Map([null, undefined, true, false].map((each) => [each, own(each)]));

const doubleOf = new Uint8Array(doubleBytes);
const double = new DataView(doubleOf.buffer);

/** What each of them takes. */
const constantBytes = own(null).byteLength;

/** What `v8.serialize` would write for a number or a constant, without its cost. Undefined for anything else. */
export function encodePrimitive(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'number') return constants.get(value);
  const bytes = new Uint8Array(longestPrimitive);
  bytes.set(numberHead);
  double.setFloat64(0, value, true);
  // To ask such a small array for its `buffer` would make one, which takes longer than all the rest.
  bytes.set(doubleOf, numberHead.byteLength);
  return bytes;
}

/** What `decodePrimitive` gives for anything else. */
export const notPrimitive: unique symbol = Symbol('not a primitive');

/** Bytes that the encoding of a number takes. */
export const longestPrimitive: number = numberHead.byteLength + doubleBytes;

/** The number or constant in `size` bytes of what `encodePrimitive` wrote. */
export function decodePrimitive(memory: DataView, at: number, size: number): unknown {
  if (size === longestPrimitive && startsWith(memory, at, numberHead)) return memory.getFloat64(at + numberHead.byteLength, true);
  if (size !== constantBytes) return notPrimitive;
  for (const [value, bytes] of constants) if (startsWith(memory, at, bytes)) return value;
  return notPrimitive;
}

function startsWith(memory: DataView, at: number, bytes: Uint8Array): boolean {
  for (let offset = 0; offset < bytes.byteLength; offset++) if (memory.getUint8(at + offset) !== bytes[offset]) return false;
  return true;
}

function own(value: unknown): Uint8Array {
  return Uint8Array.from(v8.serialize(value));
}
