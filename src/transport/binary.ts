import { types } from 'node:util';
import { isResizable } from './clonability.js';
import { reserve } from './reserve.js';

/** A plain buffer that is all there is of a value, or one view that shows all of it, with its bytes in shared memory. */
export interface Binary {
  /** `ArrayBuffer`, or the name of the view. */
  readonly type: string;
  readonly memory: SharedArrayBuffer;
}

type ViewConstructor = new (buffer: ArrayBufferLike) => ArrayBufferView;

const viewTypes: ReadonlyMap<string, ViewConstructor> = new Map<string, ViewConstructor>(
  [
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
  ].map((type) => [type.name, type]),
);

/** Asked of the prototype: what an array says of itself may be anything. */
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as (
  this: unknown,
) => string;

/** Memory that stands for a plain buffer, shown to readers on this thread. */
const standIns = new WeakSet<ArrayBufferLike>();

/** Whether it is only shared so that it need not be copied; any other shared memory is the user's own, and stays shared. */
export function standsForPlain(memory: ArrayBufferLike): memory is SharedArrayBuffer {
  return standIns.has(memory);
}

/** Undefined for anything else, and where a copy has more to keep than the bytes: what lies around a view, or that it may grow. */
export function typeOfBinary(value: unknown): string | undefined {
  if (value instanceof ArrayBuffer) return isFixed(value) ? 'ArrayBuffer' : undefined;
  if (!ArrayBuffer.isView(value) || value.byteLength !== value.buffer.byteLength || !isFixed(value.buffer)) return undefined;
  return types.isDataView(value) ? 'DataView' : typedArrayName.call(value);
}

/** The bytes in shared memory: copied, unless they are there already. */
export function toBinary(value: ArrayBuffer | ArrayBufferView, type: string): Binary {
  if (ArrayBuffer.isView(value) && standsForPlain(value.buffer)) return { type, memory: value.buffer };
  return { type, memory: sharedCopy(value.byteLength, () => bytesOf(value)) };
}

export function copyBinary({ type, memory }: Binary): Binary {
  return { type, memory: sharedCopy(memory.byteLength, () => new Uint8Array(memory)) };
}

/** The value again, in memory of its own. */
export function fromBinary({ type, memory }: Binary): ArrayBuffer | ArrayBufferView {
  // Unlike `new ArrayBuffer`, this writes no zeros first.
  const { buffer } = reserve(memory.byteLength, () => Buffer.allocUnsafeSlow(memory.byteLength));
  new Uint8Array(buffer).set(new Uint8Array(memory));
  const View = viewTypes.get(type);
  return View === undefined ? (buffer as ArrayBuffer) : new View(buffer);
}

/** The value without a copy, for readers that never write. What they give to others must be made plain again. */
export function viewBinary(binary: Binary): ArrayBuffer | ArrayBufferView {
  const View = viewTypes.get(binary.type);
  if (View === undefined) return fromBinary(binary);
  standIns.add(binary.memory);
  return new View(binary.memory);
}

/** @throws FlowError VALUE_NOT_CLONEABLE */
function sharedCopy(size: number, bytes: () => Uint8Array): SharedArrayBuffer {
  return reserve(size, () => {
    const copy = new SharedArrayBuffer(size);
    new Uint8Array(copy).set(bytes());
    return copy;
  });
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

function isFixed(buffer: ArrayBufferLike): boolean {
  return standsForPlain(buffer) || (buffer instanceof ArrayBuffer && !isResizable(buffer));
}
