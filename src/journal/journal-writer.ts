import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { inPieces } from '../transport/in-pieces.js';
import { entryMark, headerAt, headerBytes, joinHead } from './entry.js';

/** What gathers before it is written: so much work may be lost when the whole process is killed. */
const unwrittenMs = 1;
/** Work that takes longer, in ms, is written down at once. */
export const shortMs = 0.25;
const chunkBytes = 64 * 1024;
/** Larger entries are written as they are. */
const smallBytes = 16 * 1024;
/** A file that nobody writes to is closed after this long. */
const idleMs = 1_000;

/**
 * A file that only grows, an entry at a time, each with its length and checksum: whatever was written is found again, and
 * what was cut off or changed is told from it. Nothing is thrown: after its first fault the writer is silent.
 */
export class JournalWriter {
  readonly #file: string;
  readonly #onFault: (error: NodeJS.ErrnoException) => void;
  #chunk: Buffer | undefined;
  #used = 0;
  #unwrittenMs = 0;
  #descriptor: number | undefined;
  #idle: NodeJS.Timeout | undefined;
  #hasFailed = false;
  readonly #flushAtExit = () => this.flush();

  /** `onFault` is told once why nothing can be written, such as a full disk. */
  constructor(file: string, onFault: (error: NodeJS.ErrnoException) => void) {
    this.#file = file;
    this.#onFault = onFault;
  }

  /** Adds an entry; `workMs` is what it would cost to lose it. `detail` holds no line break. */
  append(key: string, detail: string, body: readonly Uint8Array[], workMs: number): void {
    if (this.#hasFailed) return;
    const head = joinHead(key, detail);
    const bodyBytes = body.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (head.length * 3 + bodyBytes > smallBytes) this.#appendLarge(Buffer.from(head), body, bodyBytes);
    else this.#appendSmall(head, body, bodyBytes);
    this.#unwrittenMs += workMs;
    if (workMs >= shortMs || this.#unwrittenMs >= unwrittenMs) this.flush();
  }

  get hasUnwritten(): boolean {
    return this.#used > 0;
  }

  /** Writes what has gathered. */
  flush(): void {
    this.#unwrittenMs = 0;
    if (this.#chunk === undefined || this.#used === 0) return;
    process.off('exit', this.#flushAtExit);
    const gathered = this.#chunk.subarray(0, this.#used);
    this.#used = 0;
    this.#write([gathered]);
  }

  #appendSmall(head: string, body: readonly Uint8Array[], bodyBytes: number): void {
    if (this.#used + headerBytes + head.length * 3 + bodyBytes > chunkBytes) this.flush();
    this.#chunk ??= Buffer.allocUnsafeSlow(chunkBytes);
    if (this.#used === 0) process.once('exit', this.#flushAtExit);
    const chunk = this.#chunk;
    const start = this.#used + headerBytes;
    const headSize = chunk.write(head, start);
    let end = start + headSize;
    for (const piece of body) {
      chunk.set(piece, end);
      end += piece.byteLength;
    }
    writeHeader(chunk, this.#used, headSize, bodyBytes, crc32(chunk.subarray(start, end)));
    this.#used = end;
  }

  #appendLarge(head: Buffer, body: readonly Uint8Array[], bodyBytes: number): void {
    this.flush();
    const header = Buffer.allocUnsafe(headerBytes);
    const pieces = body.flatMap((part) => [...inPieces(part)]);
    const checksum = pieces.reduce((sum, piece) => crc32(piece, sum), crc32(head));
    writeHeader(header, 0, head.byteLength, bodyBytes, checksum);
    this.#write([header, head, ...pieces]);
  }

  #write(pieces: readonly Uint8Array[]): void {
    try {
      this.#descriptor ??= openSync(this.#file, 'a');
      for (const piece of pieces) writeWhole(this.#descriptor, piece);
      this.#idle ??= setTimeout(() => this.#close(), idleMs).unref();
      this.#idle.refresh();
    } catch (thrown) {
      this.#hasFailed = true;
      this.#close();
      this.#onFault(thrown as NodeJS.ErrnoException);
    }
  }

  #close(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function writeHeader(into: Buffer, at: number, headSize: number, bodyBytes: number, checksum: number): void {
  into.set(entryMark, at);
  into.writeUInt32LE(checksum, at + headerAt.content);
  into.writeUInt32LE(headSize, at + headerAt.headBytes);
  into.writeDoubleLE(bodyBytes, at + headerAt.bodyBytes);
  into.writeUInt32LE(crc32(into.subarray(at + headerAt.content, at + headerBytes)), at + headerAt.own);
}

function writeWhole(descriptor: number, piece: Uint8Array): void {
  for (let written = 0; written < piece.byteLength; ) written += writeSync(descriptor, piece, written);
}
