import { nestingDepth } from '../errors/nesting-depth.js';
import { type Binary, copyBinary, fromBinary, toBinary, typeOfBinary, viewBinary } from './binary.js';
import { decode, encodeShared, toSharedMemory } from './encode.js';
import { timed } from './moving-time.js';
import { reserve } from './reserve.js';
import { type BinaryField, encodeTree, type Pieces, split } from './split.js';
import { isLarge, maxDepth } from './survey.js';
import { Weights } from './weight.js';

/**
 * An immutable value in shared memory, as it travels: plain data, cheap to send to any number of threads. `id` names
 * this very value for as long as anybody has it.
 */
export type Part = EncodedPart | MixedPart | BinaryPart;

export interface EncodedPart {
  readonly kind: 'encoded';
  readonly id: string;
  readonly bytes: Uint8Array;
  /** What lies beside the bytes, and which of it stands for plain buffers; the rest is the user's own shared memory. */
  readonly buffers: readonly SharedArrayBuffer[];
  readonly plain: readonly boolean[];
}

/** Nothing but bytes: no encoding to write, and none to read. */
export interface BinaryPart extends Binary {
  readonly kind: 'binary';
  readonly id: string;
}

/** An object or a list, `base`, that has `null` in place of each member in `held`. */
export interface MixedPart {
  readonly kind: 'mixed';
  readonly id: string;
  readonly base: EncodedPart;
  readonly held: readonly (readonly [key: string, part: Part])[];
}

/** Values below this are cheaper to copy than to share: decoding one takes about 100 µs. */
const heldSizeBytes = 16 * 1024;

/**
 * The value in shared memory, large fields of plain objects apart. Undefined when that does not pay, or when it may be
 * nested too deep to read back.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function toPart(value: unknown): Part | undefined {
  if (!isLarge(value, heldSizeBytes)) return undefined;
  const part = binaryPart(value) ?? splitPart(value) ?? wholePart(value);
  return part && weighed(part);
}

/** Names that no other thread gives. `randomUUID` would load `node:crypto`, which costs a starting thread several milliseconds. */
class PartNames {
  readonly #thread = Array.from({ length: 3 }, () => Math.random().toString(36).slice(2)).join('');
  #given = 0;

  next(): string {
    return `${this.#thread}-${this.#given++}`;
  }
}

const names = new PartNames();

/** For a part that is not one this thread knows already. */
export function newPartId(): string {
  return names.next();
}

const weights = new Weights();

/** The part, the memory of which this thread's garbage collector knows of from now on; for each that comes from another thread. */
export function weighed(part: Part): Part {
  if (part.kind === 'mixed') {
    weighed(part.base);
    for (const [, member] of part.held) weighed(member);
  } else weights.add(part, partSize(part));
  return part;
}

/** A copy of the value that shares nothing with anybody, but for shared memory that the user made. */
export function decodePart(part: Part): unknown {
  if (part.kind === 'mixed') return assemble(part, decodePart);
  if (part.kind === 'binary') return timed(() => fromBinary(part));
  const transfers = part.buffers.map((buffer, at) => (part.plain[at] ? copied(buffer) : buffer));
  return decode({ bytes: part.bytes, transfers });
}

/** The same for somebody who hands the value over afterwards: bytes may lie in shared memory that nobody else knows. */
export function decodeShared(part: Part): unknown {
  return part.kind === 'binary' ? timed(() => viewBinary(copyBinary(part))) : decodePart(part);
}

/** A mixed value out of its members. */
export function assemble(part: MixedPart, read: (part: Part) => unknown): unknown {
  const whole = decodePart(part.base) as object;
  for (const [key, member] of part.held) {
    Object.defineProperty(whole, key, { value: read(member), enumerable: true, configurable: true, writable: true });
  }
  return whole;
}

/** Bytes of shared memory that a part keeps. */
export function partSize(part: Part): number {
  if (part.kind === 'mixed') return part.held.reduce((sum, [, member]) => sum + partSize(member), partSize(part.base));
  if (part.kind === 'binary') return part.memory.byteLength;
  return part.buffers.reduce((sum, { byteLength }) => sum + byteLength, part.bytes.byteLength);
}

/** Encodes a value, whatever its size. */
export function encodePart(value: unknown): EncodedPart {
  const { bytes, transfers, plain } = encodeShared(value);
  return { kind: 'encoded', id: newPartId(), bytes: new Uint8Array(toSharedMemory(bytes)), buffers: transfers, plain };
}

/**
 * A list or an object of values some of which are held already: those stay as they are, the rest is encoded together.
 * @throws FlowError VALUE_NOT_CLONEABLE naming the path
 */
export function mixedPart(base: object, held: readonly (readonly [key: string, part: Part])[]): MixedPart {
  return { kind: 'mixed', id: newPartId(), base: encodePart(base), held };
}

function copied(buffer: SharedArrayBuffer): ArrayBuffer {
  const copy = reserve(buffer.byteLength, () => new ArrayBuffer(buffer.byteLength));
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}

function wholePart(value: unknown): Part | undefined {
  const tree = encodeTree(value);
  if (tree !== undefined) return encodedPart(tree);
  const part = encodePart(value);
  const pays = part.bytes.byteLength >= heldSizeBytes || part.buffers.length > 0;
  return pays && nestingDepth(value) <= maxDepth ? part : undefined;
}

function binaryPart(value: unknown): BinaryPart | undefined {
  const type = typeOfBinary(value);
  if (type === undefined) return undefined;
  return { kind: 'binary', id: newPartId(), ...timed(() => toBinary(value as ArrayBuffer | ArrayBufferView, type)) };
}

function splitPart(value: unknown): Part | undefined {
  const pieces = split(value, heldSizeBytes);
  return pieces && toMixed(pieces);
}

function toMixed({ base, held }: Pieces): MixedPart {
  return { kind: 'mixed', id: newPartId(), base: encodedPart(base), held: held.map(([key, piece]) => [key, toPiece(piece)]) };
}

function toPiece(piece: Pieces | Uint8Array | BinaryField): Part {
  if (piece instanceof Uint8Array) return encodedPart(piece);
  return 'binary' in piece ? (binaryPart(piece.binary) ?? encodePart(piece.binary)) : toMixed(piece);
}

function encodedPart(bytes: Uint8Array): EncodedPart {
  return { kind: 'encoded', id: newPartId(), bytes, buffers: [], plain: [] };
}
