import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { inPieces } from '../transport/in-pieces.js';
import { entryMark, headerAt, headerBytes, splitHead } from './entry.js';

/** An entry that was found whole. */
export interface Entry {
  readonly key: string;
  readonly detail: string;
  readonly body: EntryBody;
}

/** Where an entry lies. */
interface Span {
  readonly at: number;
  readonly headSize: number;
  readonly bodyBytes: number;
}

const chunkBytes = 1024 * 1024;

/** A journal on disk, read back as far as it is whole. */
export class JournalReader {
  readonly #file: string;
  readonly #size: number;
  #descriptor: number | undefined;
  /** A piece of the file. */
  #window: Buffer | undefined;
  #windowAt = 0;
  #windowSize = 0;

  /** @throws the system's error when the file cannot be read */
  constructor(file: string) {
    this.#file = file;
    this.#size = fstatSync(this.#open()).size;
  }

  /** Every whole entry, in the order in which they were written. What is damaged is passed over. */
  *spans(): Generator<Span & { readonly key: string }> {
    for (let at = 0; at + headerBytes <= this.#size; ) {
      const span = this.#spanAt(at);
      const key = span && this.#keyOf(span);
      if (span === undefined || key === undefined) at = this.#nextMark(at + 1);
      else {
        yield { ...span, key };
        at += headerBytes + span.headSize + span.bodyBytes;
      }
    }
  }

  read({ at, headSize, bodyBytes }: Span): Entry {
    const { key, detail } = splitHead(this.#bytes(at + headerBytes, headSize).toString());
    const body = new EntryBody((into, from) => this.#fill(into, at + headerBytes + headSize + from), bodyBytes);
    return { key, detail, body };
  }

  /** Closes the file and holds none of it, until something is read again. */
  release(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#window = undefined;
    this.#windowSize = 0;
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#file, 'r');
    return this.#descriptor;
  }

  #spanAt(at: number): Span | undefined {
    const header = this.#bytes(at, headerBytes);
    if (!header.subarray(0, entryMark.byteLength).equals(entryMark)) return undefined;
    if (header.readUInt32LE(headerAt.own) !== crc32(header.subarray(headerAt.content))) return undefined;
    const span = { at, headSize: header.readUInt32LE(headerAt.headBytes), bodyBytes: header.readDoubleLE(headerAt.bodyBytes) };
    const checksum = header.readUInt32LE(headerAt.content);
    const size = span.headSize + span.bodyBytes;
    const isWhole = at + headerBytes + size <= this.#size && this.#checksum(at + headerBytes, size) === checksum;
    return isWhole ? span : undefined;
  }

  #keyOf({ at, headSize }: Span): string {
    return splitHead(this.#bytes(at + headerBytes, headSize).toString()).key;
  }

  #checksum(from: number, size: number): number {
    let sum = 0;
    for (let done = 0; done < size; ) {
      const piece = this.#bytes(from + done, Math.min(chunkBytes, size - done));
      sum = crc32(piece, sum);
      done += piece.byteLength;
    }
    return sum;
  }

  /** Where the next entry may begin. */
  #nextMark(from: number): number {
    for (let at = from; at < this.#size; ) {
      const piece = this.#bytes(at, Math.min(chunkBytes, this.#size - at));
      const found = piece.indexOf(entryMark);
      if (found !== -1) return at + found;
      // A mark may stand across the edge.
      at += Math.max(1, piece.byteLength - entryMark.byteLength + 1);
    }
    return this.#size;
  }

  /** A view that the next call may overwrite, for what is no longer than a piece of the file. */
  #bytes(from: number, size: number): Buffer {
    if (size > chunkBytes) return this.#long(from, size);
    this.#window ??= Buffer.allocUnsafeSlow(chunkBytes);
    if (from < this.#windowAt || from + size > this.#windowAt + this.#windowSize) {
      this.#windowAt = from;
      this.#windowSize = readSync(this.#open(), this.#window, 0, chunkBytes, from);
    }
    const start = from - this.#windowAt;
    return this.#window.subarray(start, Math.min(start + size, this.#windowSize));
  }

  #long(from: number, size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    this.#fill(bytes, from);
    return bytes;
  }

  #fill(into: Uint8Array, from: number): void {
    let at = from;
    for (const piece of inPieces(into)) {
      for (let done = 0; done < piece.byteLength; ) {
        const count = readSync(this.#open(), piece, done, piece.byteLength - done, at);
        if (count === 0) throw new Error('The journal has become shorter.');
        done += count;
        at += count;
      }
    }
  }
}

/** The bytes behind an entry's head, taken piece by piece. */
export class EntryBody {
  readonly #fill: (into: Uint8Array, from: number) => void;
  readonly #size: number;
  #taken = 0;

  constructor(fill: (into: Uint8Array, from: number) => void, size: number) {
    this.#fill = fill;
    this.#size = size;
  }

  /** Fills the given memory with the next bytes. */
  take<Memory extends ArrayBufferLike>(memory: Memory): Memory {
    if (this.#taken + memory.byteLength > this.#size) throw new RangeError('The entry holds less.');
    this.#fill(new Uint8Array(memory), this.#taken);
    this.#taken += memory.byteLength;
    return memory;
  }
}
