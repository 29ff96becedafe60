import v8 from 'node:v8';

const doubleBytes = Float64Array.BYTES_PER_ELEMENT;
/** What V8 writes before the eight bytes of a fraction. */
const numberHead: Uint8Array = v8.serialize(0.5).subarray(0, -doubleBytes);
const constants: ReadonlyMap<unknown, Uint8Array> = new Map([null, undefined, true, false].map((each) => [each, own(each)]));

/** What `v8.serialize` would write for a number or a constant, without its cost. Undefined for anything else. */
export function encodePrimitive(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'number') return constants.get(value);
  const bytes = new Uint8Array(numberHead.byteLength + doubleBytes);
  bytes.set(numberHead);
  new DataView(bytes.buffer).setFloat64(numberHead.byteLength, value, true);
  return bytes;
}

/** The number in bytes of `encodePrimitive`. Undefined for anything else. */
export function decodeNumber(bytes: Uint8Array): number | undefined {
  if (bytes.byteLength !== numberHead.byteLength + doubleBytes) return undefined;
  for (let at = 0; at < numberHead.byteLength; at++) if (bytes[at] !== numberHead[at]) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(numberHead.byteLength, true);
}

function own(value: unknown): Uint8Array {
  return Uint8Array.from(v8.serialize(value));
}
