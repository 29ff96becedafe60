import type { Encoded } from '../transport/encode.js';
import type { DoneNode } from './done-node.js';

/** A finished iteration as the journal tells of it: its nodes by their position in the segment. */
export interface JournalEntry {
  readonly iteration: number;
  readonly nodes: readonly JournalNode[];
}

export interface JournalNode {
  readonly status: 'completed' | 'skipped';
  readonly output: Encoded | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Room for what a thread finished since its message came; what finds none goes by message. */
const journalBytes = 128 * 1024;
/** A larger output goes by message, which moves it. */
const outputLimitBytes = 8 * 1024;
const numberBytes = Float64Array.BYTES_PER_ELEMENT;
/** Numbers of an entry, and of each of its nodes. */
const headNumbers = 2;
const nodeNumbers = 4;
const noOutput = -1;

/** Memory in which the threads of a pool note what they finished. */
export function createJournals(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * journalBytes);
}

/**
 * One slot's journal: small results that are finished lie here, where they are not lost when the thread is ended, and
 * where they cost no message. The first number says how many bytes are written.
 */
export class Journal {
  readonly #length: Int32Array;
  readonly #numbers: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(journals: SharedArrayBuffer, slot: number) {
    const at = slot * journalBytes;
    this.#length = new Int32Array(journals, at, 1);
    this.#numbers = new Float64Array(journals, at, journalBytes / numberBytes);
    this.#bytes = new Uint8Array(journals, at, journalBytes);
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
    if (size === undefined || at + size > journalBytes) return false;
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

/** Where the first entry of a journal lies. */
export const journalStart: number = numberBytes;

/** The entries in a piece of a journal, in the order in which they finished. */
export function* readEntries(piece: ArrayBuffer): Generator<JournalEntry> {
  const numbers = new Float64Array(piece);
  for (let at = 0; at < piece.byteLength; ) {
    const iteration = numbers[at / numberBytes] as number;
    const count = numbers[at / numberBytes + 1] as number;
    at += headNumbers * numberBytes;
    const nodes: JournalNode[] = [];
    for (let node = 0; node < count; node++) {
      const first = at / numberBytes;
      at += nodeNumbers * numberBytes;
      const size = numbers[first + 3] as number;
      nodes.push({
        status: numbers[first] === 1 ? 'completed' : 'skipped',
        output: size === noOutput ? undefined : { bytes: new Uint8Array(piece, at, size), transfers: [] },
        startedAt: numbers[first + 1] as number,
        durationMs: numbers[first + 2] as number,
      });
      at += size === noOutput ? 0 : padded(size);
    }
    yield { iteration, nodes };
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
