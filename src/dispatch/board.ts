import { decodeWithin } from '../transport/encode.js';
import type { DoneNode } from './done-node.js';

/** Room for what a thread finished since its message came; what finds none goes by message. */
const boardBytes = 128 * 1024;
/** A larger output goes by message, which moves it. */
const outputLimitBytes = 8 * 1024;
const numberBytes = Float64Array.BYTES_PER_ELEMENT;
/** Numbers of an entry, and of each of its nodes. */
const headNumbers = 2;
const nodeNumbers = 4;
const noOutput = -1;

/** Memory in which the threads of a pool note what they finished. */
export function createBoards(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * boardBytes);
}

/**
 * One slot's board: small results that are finished lie here, where they are not lost when the thread is ended, and
 * where they cost no message. The first number says how many bytes are written.
 */
export class Board {
  readonly #length: Int32Array;
  readonly #numbers: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(boards: SharedArrayBuffer, slot: number) {
    const at = slot * boardBytes;
    this.#length = new Int32Array(boards, at, 1);
    this.#numbers = new Float64Array(boards, at, boardBytes / numberBytes);
    this.#bytes = new Uint8Array(boards, at, boardBytes);
  }

  /** Before a message is sent. */
  reset(): void {
    Atomics.store(this.#length, 0, numberBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return Atomics.load(this.#length, 0);
  }

  /** False when the iteration has to go by message: it wrote variables, or its outputs are large or not just bytes. */
  append(iteration: number, nodes: readonly DoneNode[]): boolean {
    let at = this.length;
    const size = sizeOf(nodes);
    if (size === undefined || at + size > boardBytes) return false;
    const numbers = this.#numbers;
    numbers[at / numberBytes] = iteration;
    numbers[at / numberBytes + 1] = nodes.length;
    at += headNumbers * numberBytes;
    for (const { status, output, startedAt, durationMs } of nodes) {
      const first = at / numberBytes;
      numbers[first] = status === 'completed' ? 1 : 0;
      numbers[first + 1] = startedAt;
      numbers[first + 2] = durationMs;
      const bytes = output === undefined || 'kind' in output ? undefined : output.bytes;
      numbers[first + 3] = bytes === undefined ? noOutput : bytes.byteLength;
      at += nodeNumbers * numberBytes;
      if (bytes === undefined) continue;
      this.#bytes.set(bytes, at);
      at += padded(bytes.byteLength);
    }
    Atomics.store(this.#length, 0, at);
    return true;
  }

  /** A copy of what was written between two lengths. */
  read(from: number, to: number): ArrayBuffer {
    const copy = new ArrayBuffer(Math.max(0, to - from));
    new Uint8Array(copy).set(this.#bytes.subarray(from, Math.max(from, to)));
    return copy;
  }
}

/** Where the first entry of a board lies. */
export const boardStart: number = numberBytes;

/** Reads the entries of a piece of a board, in the order in which they finished. Makes no object but for what it gives. */
export class BoardReader {
  /** Of the entry at hand. */
  iteration = 0;
  /** Nodes of it that are still to be read. */
  nodesLeft = 0;
  readonly #piece: DataView;
  readonly #numbers: Float64Array;
  #at = 0;

  constructor(piece: ArrayBuffer) {
    this.#piece = new DataView(piece);
    this.#numbers = new Float64Array(piece);
  }

  /** Goes on to the next entry; false at the end. */
  next(): boolean {
    while (this.nodesLeft > 0) this.skipNode();
    if (this.#at >= this.#piece.byteLength) return false;
    this.iteration = this.#numberAt(0);
    this.nodesLeft = this.#numberAt(1);
    this.#at += headNumbers * numberBytes;
    return true;
  }

  /** Of the next node: how it ended, and when. */
  get status(): 'completed' | 'skipped' {
    return this.#numberAt(0) === 1 ? 'completed' : 'skipped';
  }

  get startedAt(): number {
    return this.#numberAt(1);
  }

  get durationMs(): number {
    return this.#numberAt(2);
  }

  get hasOutput(): boolean {
    return this.#numberAt(3) !== noOutput;
  }

  /** @throws FlowError VALUE_NOT_CLONEABLE */
  output(): unknown {
    return decodeWithin(this.#piece, this.#at + nodeNumbers * numberBytes, this.#numberAt(3));
  }

  /** Goes on to the node after it. */
  skipNode(): void {
    const size = this.#numberAt(3);
    this.#at += nodeNumbers * numberBytes + (size === noOutput ? 0 : padded(size));
    this.nodesLeft--;
  }

  #numberAt(offset: number): number {
    return this.#numbers[this.#at / numberBytes + offset] as number;
  }
}

function sizeOf(nodes: readonly DoneNode[]): number | undefined {
  let size = (headNumbers + nodes.length * nodeNumbers) * numberBytes;
  for (const { output, writes } of nodes) {
    if (writes.length > 0) return undefined;
    if (output === undefined) continue;
    if ('kind' in output || output.transfers.length > 0 || output.bytes.byteLength > outputLimitBytes) return undefined;
    size += padded(output.bytes.byteLength);
  }
  return size;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / numberBytes) * numberBytes;
}
