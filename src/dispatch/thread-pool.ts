import { Closings } from './closings.js';
import type { ThreadSeat } from './thread-seat.js';

/** The threads of a pool: most often all that a run can use start together, more where it turns out that more can be at work at one time. */
export class ThreadPool {
  readonly #limit: number;
  readonly #open: () => ThreadSeat;
  readonly #seats: ThreadSeat[] = [];
  readonly #closings = new Closings();
  #expected: number | undefined;
  #isClosed = false;

  /** `limit`: threads there may be. `open` starts one. */
  constructor(limit: number, open: () => ThreadSeat) {
    this.#limit = limit;
    this.#open = open;
  }

  /** Threads that died and are not there again yet. */
  get replacing(): number {
    return count(this.#seats, ({ isReplacing }) => isReplacing);
  }

  /** Threads without work. */
  get idle(): number {
    return count(this.#seats, ({ isFree }) => isFree);
  }

  get hasStarted(): boolean {
    return this.#seats.length > 0;
  }

  /** Whether a thread is free that has started: a task sent now does not wait for one. */
  get isWarm(): boolean {
    return this.#seats.some((seat) => seat.isWarm);
  }

  /** As many threads start with the first task, or now if it has come; all of them when nobody says so. Another one starts whenever none is free. */
  expect(tasks: number): void {
    this.#dropLost();
    this.#expected = Math.max(this.#expected ?? 0, tasks);
    if (this.hasStarted && !this.#isClosed) this.#startUpTo(this.#expected);
  }

  /** Starts the threads that are expected, or one more. A failure to start is told by the first task that needs a thread. */
  startIfNoneFree(): void {
    if (this.#free !== undefined) return;
    this.#startUpTo(Math.max(this.#seats.length + 1, this.#expected ?? this.#limit));
  }

  /** A thread that is free. */
  take(): ThreadSeat {
    this.startIfNoneFree();
    const seat = this.#free;
    if (seat === undefined) throw new Error('A task was given to a pool without a free thread; `free` tells.');
    return seat;
  }

  /**
   * Starts the threads that are expected; gives back after how many ms each was ready.
   * @throws FlowError WORKER_FAILED
   */
  async warm(): Promise<readonly number[]> {
    this.#dropLost();
    this.#startUpTo(this.#expected ?? this.#limit);
    return Promise.all(this.#seats.map(({ warming }) => warming));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const seat of this.#seats) this.#closings.add(seat.close());
    await this.#closings.settled();
  }

  get #free(): ThreadSeat | undefined {
    return this.#seats.find(({ isFree }) => isFree);
  }

  /** A new run, or a new wish for threads, does not fail of what kept earlier ones from starting, and those that still start are about to fail of it. */
  #dropLost(): void {
    if (!this.#seats.some(({ hasFailed }) => hasFailed)) return;
    for (const seat of this.#seats.filter(({ isSpare }) => isSpare)) {
      this.#seats.splice(this.#seats.indexOf(seat), 1);
      this.#closings.add(seat.close());
    }
  }

  #startUpTo(threads: number): void {
    while (this.#seats.length < Math.min(threads, this.#limit)) this.#seats.push(this.#open());
  }
}

function count<T>(all: readonly T[], holds: (each: T) => boolean): number {
  return all.reduce((sum, each) => sum + (holds(each) ? 1 : 0), 0);
}
