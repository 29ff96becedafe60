import type { RowStream } from './row-stream.js';

/** What a `foreach` works through, from the first item to the last. */
export interface Items {
  /** Undefined where only the end will tell. */
  readonly total: number | undefined;
  /** No more will come than `ready` has told of. */
  readonly isWhole: boolean;
  /** How many of the items from `from` on can be taken; at least one, unless there are none. `wanted` is how many would be welcome; who asks waits no longer than for the signal. */
  ready(from: number, wanted: number, signal: AbortSignal): number | Promise<number>;
  /** Each is taken once, in order. */
  take(from: number, count: number): ArrayLike<unknown>;
}

/** A list that is there. */
export class ListedItems implements Items {
  readonly isWhole = true;
  readonly #list: ArrayLike<unknown>;

  constructor(list: ArrayLike<unknown>) {
    this.#list = list;
  }

  get total(): number {
    return this.#list.length;
  }

  ready(from: number): number {
    return this.#list.length - from;
  }

  take(from: number, count: number): ArrayLike<unknown> {
    return Array.from({ length: count }, (_, offset) => this.#list[from + offset]);
  }
}

/** Rows that come while the block runs. */
export class StreamedItems implements Items {
  readonly total = undefined;
  readonly #rows: RowStream;

  constructor(rows: RowStream) {
    this.#rows = rows;
  }

  get isWhole(): boolean {
    return this.#rows.isDone;
  }

  ready(_from: number, wanted: number, signal: AbortSignal): Promise<number> {
    return this.#rows.fill(wanted, signal);
  }

  take(_from: number, count: number): ArrayLike<unknown> {
    return this.#rows.take(count);
  }
}
