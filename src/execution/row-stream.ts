import { once } from 'node:events';

/** Pieces of a file whose rows may wait for the block that reads them. */
const mostPieces = 16;

/** How a stream ended. */
export type StreamEnd = { readonly status: 'completed' } | { readonly status: 'failed'; readonly error: unknown };

/** The rows of a file on their way to a block: read no sooner than it asks for them, and gone once it has taken them. */
export class RowStream {
  /** Resolves when the last row is read, or none will be any more. */
  readonly ended: Promise<StreamEnd>;
  readonly #rows: AsyncGenerator<readonly unknown[], void, void>;
  #end!: (end: StreamEnd) => void;
  #waiting: unknown[] = [];
  #readMs = 0;
  #isDone = false;

  constructor(rows: AsyncGenerator<readonly unknown[], void, void>) {
    this.#rows = rows;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Every row has been read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Time that reading and parsing took. */
  get readMs(): number {
    return this.#readMs;
  }

  /**
   * Reads until `wanted` rows wait to be taken, or enough of the file is held. Gives how many there are; 0 at the end, and once the
   * `signal` aborts, whatever the file is still silent about. Once the source has failed it waits for the `signal`: a source that fails
   * ends its run, and whoever reads it with it.
   */
  async fill(wanted: number, signal: AbortSignal): Promise<number> {
    for (let pieces = 0; !this.#isDone && this.#isShort(wanted, pieces); pieces++) {
      const more = await unlessAborted(this.#next(), signal);
      if (more === 'failed') await aborted(signal);
      if (more === 'failed' || signal.aborted) return 0;
      for (const row of more) this.#waiting.push(row);
    }
    return this.#waiting.length;
  }

  take(count: number): readonly unknown[] {
    return this.#waiting.splice(0, count);
  }

  /** Reads no more and closes the file. */
  async stop(error: unknown): Promise<void> {
    this.#end({ status: 'failed', error });
    await this.#rows.return();
  }

  #isShort(wanted: number, pieces: number): boolean {
    const held = this.#waiting.length;
    return held === 0 || (held < wanted && pieces < mostPieces);
  }

  async #next(): Promise<readonly unknown[] | 'failed'> {
    const began = performance.now();
    try {
      const { done, value } = await this.#rows.next();
      this.#readMs += performance.now() - began;
      if (done !== true) return value;
      this.#isDone = true;
      this.#end({ status: 'completed' });
      return [];
    } catch (error) {
      this.#end({ status: 'failed', error });
      return 'failed';
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** What comes of the work, or nothing when the signal aborts before. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | readonly never[]> {
  if (signal.aborted) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve([]);
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
