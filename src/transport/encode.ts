import v8 from 'node:v8';
import { standsForPlain } from './binary.js';
import { collectBuffers } from './clonability.js';
import { assertShallow, notCloneable, notReadable, PartRefused } from './clone-failure.js';
import { timed } from './moving-time.js';
import { decodePrimitive, encodePrimitive, longestPrimitive, notPrimitive } from './primitives.js';
import { reserve } from './reserve.js';
import { SharedMemoryMarks } from './shared-memory.js';
import { maxDepth } from './survey.js';

/** A value as bytes. `transfers` ride beside them: buffers to hand over, and shared memory. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly transfers: readonly (ArrayBuffer | SharedArrayBuffer)[];
}

/** Buffers of at least this size ride beside the bytes. */
export const transferSizeBytes = 64 * 1024;

/** Objects looked at for lone large buffers; views are always found. */
const scanLimit = 1_000;

/**
 * A copy of a value that can be sent to another thread. The value itself is left as it is: large buffers are copied once,
 * the copies are in `transfers`; shared memory stays shared.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function encode(value: unknown): Encoded {
  const primitive = encodePrimitive(value);
  if (primitive !== undefined) return { bytes: primitive, transfers: [] };
  try {
    return timed(() => encodePlain(value) ?? encodeWithBuffers(value, copyOfBuffer));
  } catch (thrown) {
    throw notCloneable(value, thrown);
  }
}

/**
 * The same for what somebody made. How deep a stack can follow depends on its thread; so that it does not matter which one that is, a
 * value is refused beyond a depth that all of them can follow. `wrapped`: it is part of a message, some levels down.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function encodeShallow(value: unknown, wrapped?: 'wrapped'): Encoded {
  const encoded = encode(value);
  if (encoded.bytes.byteLength >= bytesPerLevel * maxDepth) assertShallow(value, wrapped === undefined ? 0 : levelsOfMessage);
  return encoded;
}

/** No level takes fewer. */
const bytesPerLevel = 3;
/** A message holds a value within its own objects, expressions within some of theirs, and blocks in the lists of their outputs. */
const levelsOfMessage = 100;

/**
 * The same for a value that its owner gives away: large buffers are taken from it, those that can be.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function encodeMoved(value: ArrayBuffer | ArrayBufferView): Encoded {
  try {
    return timed(() => encodeWithBuffers(value, moveBuffer));
  } catch (thrown) {
    throw notCloneable(value, thrown);
  }
}

/**
 * The value, rebuilt. Buffers in `transfers` become part of it, so each encoding is decoded once where it holds any.
 * @throws FlowError VALUE_NOT_CLONEABLE when it is nested deeper than the stack of this thread can follow
 */
export function decode(encoded: Encoded): unknown {
  const { buffer, byteOffset, byteLength } = encoded.bytes;
  const primitive =
    byteLength > longestPrimitive ? notPrimitive : decodePrimitive(new DataView(buffer, byteOffset), 0, byteLength);
  if (primitive !== notPrimitive) return primitive;
  const reader = new v8.Deserializer(encoded.bytes);
  try {
    encoded.transfers.forEach((buffer, id) => {
      reader.transferArrayBuffer(id, buffer as ArrayBuffer);
    });
    return timed(() => {
      reader.readHeader();
      return reader.readValue();
    });
  } catch (thrown) {
    throw notReadable(thrown);
  }
}

/**
 * The value whose encoding, without transfers, is `size` bytes of a larger piece of memory.
 * @throws FlowError VALUE_NOT_CLONEABLE
 */
export function decodeWithin(memory: DataView, at: number, size: number): unknown {
  const primitive = decodePrimitive(memory, at, size);
  if (primitive !== notPrimitive) return primitive;
  return decode({ bytes: new Uint8Array(memory.buffer, memory.byteOffset + at, size), transfers: [] });
}

/** A value as bytes beside which every large buffer lies in shared memory, so that any number of threads can read it. */
export interface SharedEncoding extends Encoded {
  readonly transfers: readonly SharedArrayBuffer[];
  /** Which of `transfers` stand for plain buffers; the others are the user's own shared memory. */
  readonly plain: readonly boolean[];
}

/**
 * The same, for values that more than one thread may read.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function encodeShared(value: unknown): SharedEncoding {
  try {
    const plain = ArrayBuffer.isView(value) ? undefined : encodePlain(value);
    return plain === undefined ? encodeWithBuffers(value, shareBuffer) : { bytes: plain.bytes, transfers: [], plain: [] };
  } catch (thrown) {
    throw notCloneable(value, thrown);
  }
}

/** The bytes in memory that threads can share. */
export function toSharedMemory(bytes: ArrayBuffer | Uint8Array): SharedArrayBuffer {
  return reserve(bytes.byteLength, () => {
    const memory = new SharedArrayBuffer(bytes.byteLength);
    new Uint8Array(memory).set(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
    return memory;
  });
}

function copyOfBuffer(original: ArrayBuffer | SharedArrayBuffer): ArrayBuffer {
  return reserve(original.byteLength, () =>
    original instanceof ArrayBuffer ? original.slice(0) : (new Uint8Array(original).slice().buffer as ArrayBuffer),
  );
}

function shareBuffer(original: ArrayBuffer | SharedArrayBuffer): SharedArrayBuffer {
  return original instanceof SharedArrayBuffer ? original : toSharedMemory(original);
}

function moveBuffer(original: ArrayBuffer | SharedArrayBuffer): ArrayBuffer {
  if (!(original instanceof ArrayBuffer)) return copyOfBuffer(original);
  try {
    return structuredClone(original, { transfer: [original] });
  } catch {
    // Memory of WebAssembly, for one, belongs to its module for good.
    return copyOfBuffer(original);
  }
}

class BufferFound extends Error {}

class ValueWriter extends v8.Serializer {
  /** What lies beside the bytes, as the value has it, and which of it is plain to the reader. */
  readonly beside: (ArrayBuffer | SharedArrayBuffer)[] = [];
  readonly plain: boolean[] = [];
  readonly sharedMemory = new SharedMemoryMarks();

  _getSharedArrayBufferId(shared: SharedArrayBuffer): number {
    return this.sharedMemory.mark(this.#add(shared, standsForPlain(shared)));
  }

  _writeHostObject(value: object): void {
    if (!ArrayBuffer.isView(value)) throw new PartRefused(value);
    throw new BufferFound();
  }

  hold(original: ArrayBuffer): void {
    this.transferArrayBuffer(this.#add(original, true), original);
  }

  #add(memory: ArrayBuffer | SharedArrayBuffer, isPlain: boolean): number {
    this.plain.push(isPlain);
    return this.beside.push(memory) - 1;
  }
}

/** Stops at the first buffer that needs care: only values that hold one pay for a walk that finds them all. */
class PlainWriter extends v8.DefaultSerializer {
  _writeHostObject(value: object): void {
    if (ArrayBuffer.isView(value)) throw new BufferFound();
    throw new PartRefused(value);
  }

  _getSharedArrayBufferId(): number {
    throw new BufferFound();
  }
}

/** Undefined when the value holds buffers that need more care. */
function encodePlain(value: unknown): Encoded | undefined {
  const writer = new PlainWriter();
  try {
    writer.writeHeader();
    writer.writeValue(value);
  } catch (thrown) {
    if (thrown instanceof BufferFound) return undefined;
    throw thrown;
  }
  const bytes = writer.releaseBuffer();
  if (bytes.byteLength >= transferSizeBytes && collectBuffers(value, transferSizeBytes, scanLimit).length > 0) return undefined;
  return { bytes, transfers: [] };
}

function encodeWithBuffers<Copy extends ArrayBuffer | SharedArrayBuffer>(
  value: unknown,
  copy: (original: ArrayBuffer | SharedArrayBuffer) => Copy,
) {
  const writer = new ValueWriter();
  for (const buffer of collectBuffers(value, transferSizeBytes)) writer.hold(buffer);
  writer.writeHeader();
  writer.writeValue(value);
  const bytes = writer.releaseBuffer();
  // A mark that also occurs in the data is as good as impossible; new marks are drawn then.
  if (!writer.sharedMemory.resolve(bytes)) return encodeWithBuffers(value, copy);
  const { beside, plain } = writer;
  const transfers = beside.map((memory, at) => (plain[at] ? copy(memory) : (memory as SharedArrayBuffer)));
  return { bytes, transfers, plain };
}
