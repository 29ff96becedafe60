import v8 from 'node:v8';
import { standsForPlain } from './binary.js';
import { isLarge, isPlainObject, isShallowTree, isTreeOf } from './survey.js';

/** A plain object in pieces: itself with `null` in place of its large fields, and those. */
export interface Pieces {
  readonly base: Uint8Array;
  readonly held: readonly (readonly [key: string, piece: Pieces | Uint8Array | BinaryField])[];
}

/** A field that is nothing but a buffer, or a view of one. */
export interface BinaryField {
  readonly binary: ArrayBuffer | ArrayBufferView;
}

/** Objects with more fields are dictionaries: nobody names all of their keys in an expression. */
const maxFields = 256;
const maxLevels = 4;
const markBytes = 16;

/**
 * A plain object encoded so that each field larger than `sizeBytes` can be read alone, and within those once more.
 * Undefined for anything else, and where the fields share objects with one another, which only the whole can keep.
 */
export function split(value: unknown, sizeBytes: number): Pieces | undefined {
  const cut = cutFields(value, sizeBytes, maxLevels);
  if (cut === undefined) return undefined;
  const leaves: unknown[] = [];
  const binaries: BinaryField[] = [];
  gather(cut, leaves, binaries);
  if (new Set(binaries.map(bufferOf)).size < binaries.length) return undefined;
  const sequence = encodeSequence(leaves);
  if (sequence === undefined || !isTreeOf(leaves, sequence.objects + 1)) return undefined;
  return fill(cut, sequence.parts.values());
}

/** Any value that holds no buffers, encoded; undefined for others, and where it may be nested too deep to read back. */
export function encodeTree(value: unknown): Uint8Array | undefined {
  const sequence = encodeSequence([value]);
  return sequence !== undefined && isShallowTree(value, sequence.objects) ? sequence.parts[0] : undefined;
}

interface Cut {
  readonly base: Readonly<Record<string, unknown>>;
  readonly held: readonly (readonly [key: string, field: Cut | BinaryField | Leaf])[];
}

interface Leaf {
  readonly value: unknown;
}

function cutFields(value: unknown, sizeBytes: number, levels: number): Cut | undefined {
  if (!isPlainObject(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length > maxFields) return undefined;
  const base: Record<string, unknown> = {};
  const held: [string, Cut | BinaryField | Leaf][] = [];
  for (const key of keys) {
    const field = value[key];
    const isHeld = isLarge(field, sizeBytes);
    Object.defineProperty(base, key, { value: isHeld ? null : field, enumerable: true });
    if (isHeld) held.push([key, cutField(field, sizeBytes, levels - 1)]);
  }
  return held.length === 0 ? undefined : { base, held };
}

function cutField(field: unknown, sizeBytes: number, levels: number): Cut | BinaryField | Leaf {
  if (field instanceof ArrayBuffer) return { binary: field };
  if (ArrayBuffer.isView(field) && (field.buffer instanceof ArrayBuffer || standsForPlain(field.buffer)))
    return { binary: field };
  const inner = levels > 0 ? cutFields(field, sizeBytes, levels) : undefined;
  return inner ?? { value: field };
}

/** In the order in which `fill` puts them back. */
function gather(cut: Cut, leaves: unknown[], binaries: BinaryField[]): void {
  leaves.push(cut.base);
  for (const [, field] of cut.held) {
    if ('binary' in field) binaries.push(field);
    else if ('base' in field) gather(field, leaves, binaries);
    else leaves.push(field.value);
  }
}

function fill(cut: Cut, parts: Iterator<Uint8Array>): Pieces {
  const base = parts.next().value as Uint8Array;
  const held = cut.held.map(([key, field]) => {
    if ('binary' in field) return [key, field] as const;
    return [key, 'base' in field ? fill(field, parts) : (parts.next().value as Uint8Array)] as const;
  });
  return { base, held };
}

function bufferOf({ binary }: BinaryField): ArrayBufferLike {
  return ArrayBuffer.isView(binary) ? binary.buffer : binary;
}

/** Writes no buffers and no shared memory: what holds some is not split. */
class SequenceWriter extends v8.DefaultSerializer {
  _writeHostObject(): void {
    throw new TypeError('no buffers here');
  }

  _getSharedArrayBufferId(): number {
    throw new TypeError('no shared memory here');
  }
}

/**
 * Each value's bytes, and how many distinct objects they hold together. One serialiser writes them all, so it counts an
 * object once however many of them refer to it; the number it gives to one more object at the end is that count.
 */
function encodeSequence(
  values: readonly unknown[],
): { readonly parts: readonly Uint8Array[]; readonly objects: number } | undefined {
  // Found again by number: were it in the data too, there would be too many. So it need not be secret, and `node:crypto` be loaded.
  const mark = Uint8Array.from({ length: markBytes }, () => Math.random() * 256);
  const bytes = writeSequence(values, mark);
  if (bytes === undefined) return undefined;
  const starts: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + markBytes)) starts.push(at);
  const header = bytes.subarray(0, starts[0]);
  const parts = values.map((_, position) => {
    const part = bytes.subarray((starts[position] ?? 0) + markBytes, starts[position + 1]);
    return join(header, part);
  });
  return starts.length === values.length + 1 ? { parts, objects: numberOfLast(bytes, starts.at(-1) ?? 0) } : undefined;
}

function writeSequence(values: readonly unknown[], mark: Uint8Array): Buffer | undefined {
  const writer = new SequenceWriter();
  const last = {};
  try {
    writer.writeHeader();
    for (const value of values) {
      writer.writeRawBytes(mark);
      writer.writeValue(value);
    }
    writer.writeRawBytes(mark);
    writer.writeValue(last);
    writer.writeValue(last);
    return writer.releaseBuffer();
  } catch {
    // What cannot be written is told by whoever writes the whole.
    return undefined;
  }
}

/** In memory that threads can share. */
function join(header: Uint8Array, part: Uint8Array): Uint8Array {
  const whole = new Uint8Array(new SharedArrayBuffer(header.byteLength + part.byteLength));
  whole.set(header);
  whole.set(part, header.byteLength);
  return whole;
}

/** Behind the last mark stand an empty object (three bytes), the tag of a reference to it, and its number as a varint. */
function numberOfLast(bytes: Uint8Array, lastMark: number): number {
  const varint = bytes.subarray(lastMark + markBytes + 4);
  return varint.reduce((sum, byte, position) => sum + (byte & 0x7f) * 128 ** position, 0);
}
