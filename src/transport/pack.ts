import { type Encoded, transferSizeBytes } from './encode.js';

type Buffers = (ArrayBuffer | SharedArrayBuffer)[];

/** Many encoded values in one message: small ones share `bytes`, large ones and what they transfer are in `buffers`. */
export interface Packed {
  readonly bytes: Uint8Array;
  /** Per value its size in `bytes`; -1 when its bytes are the next of `buffers`. */
  readonly sizes: readonly number[];
  /** Per value how many of `buffers` it transfers; empty when none does. */
  readonly transferCounts: readonly number[];
  readonly buffers: readonly (ArrayBuffer | SharedArrayBuffer)[];
}

export const emptyPack: Packed = { bytes: new Uint8Array(0), sizes: [], transferCounts: [], buffers: [] };

/** One message for all of them, in order. */
export function pack(values: readonly Encoded[]): Packed {
  const buffers: Buffers = [];
  const small: Uint8Array[] = [];
  const sizes = values.map(({ bytes, transfers }) => {
    const isLarge = bytes.byteLength >= transferSizeBytes;
    if (isLarge) buffers.push(ownBuffer(bytes));
    else small.push(bytes);
    buffers.push(...transfers);
    return isLarge ? -1 : bytes.byteLength;
  });
  const transferCounts = values.some(({ transfers }) => transfers.length > 0)
    ? values.map(({ transfers }) => transfers.length)
    : [];
  return { bytes: concat(small.filter(({ byteLength }) => byteLength > 0)), sizes, transferCounts, buffers };
}

/** The values that went into `pack`, in order. */
export function unpack(packed: Packed): Encoded[] {
  let offset = 0;
  let next = 0;
  return packed.sizes.map((size, position) => {
    const bytes =
      size === -1 ? new Uint8Array(packed.buffers[next++] as ArrayBuffer) : packed.bytes.subarray(offset, offset + size);
    if (size !== -1) offset += size;
    const count = packed.transferCounts[position] ?? 0;
    const transfers = packed.buffers.slice(next, next + count);
    next += count;
    return { bytes, transfers };
  });
}

/** What `postMessage` may take over: everything but shared memory. */
export function transferList(packed: Packed): ArrayBuffer[] {
  return packed.buffers.filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? buffer : (bytes.slice().buffer as ArrayBuffer);
}

/** In memory of its own: sending a pooled `Buffer` copies its whole pool. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((size, { byteLength }) => size + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
