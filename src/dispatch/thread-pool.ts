import { Closings } from './closings.js';
import type { ThreadGroup } from './thread-group.js';

/** The threads of a pool, in groups that start together: most often one, more where it turns out that more can be at work at one time. */
export class ThreadPool {
  readonly #limit: number;
  readonly #open: (size: number) => ThreadGroup;
  readonly #groups: ThreadGroup[] = [];
  readonly #closings = new Closings();
  #expected: number | undefined;
  #size = 0;
  #isClosed = false;

  /** `limit`: threads there may be. `open` starts a group of so many. */
  constructor(limit: number, open: (size: number) => ThreadGroup) {
    this.#limit = limit;
    this.#open = open;
  }

  /** Threads that died and are not there again yet. */
  get replacing(): number {
    return this.#groups.reduce((sum, { replacing }) => sum + replacing, 0);
  }

  /** Threads without work. */
  get idle(): number {
    return this.#groups.reduce((idle, { free }) => idle + Math.max(0, free), 0);
  }

  get hasStarted(): boolean {
    return this.#size > 0;
  }

  /** Whether a thread is free that has started: a task sent now does not wait for one. */
  get isWarm(): boolean {
    return this.#groups.some((group) => group.isWarm);
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
    this.#startUpTo(Math.max(this.#size + 1, this.#expected ?? this.#limit));
  }

  /** A group with a free thread. */
  take(): ThreadGroup {
    this.startIfNoneFree();
    const group = this.#free;
    if (group === undefined) throw new Error('A task was given to a pool without a free thread; `free` tells.');
    return group;
  }

  /**
   * Starts the threads that are expected; gives back after how many ms each was ready.
   * @throws FlowError WORKER_FAILED
   */
  async warm(): Promise<readonly number[]> {
    this.#dropLost();
    this.#startUpTo(this.#expected ?? this.#limit);
    const times = await Promise.all(this.#groups.map(({ warming }) => warming));
    return times.flat();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const group of this.#groups) this.#closings.add(group.close());
    await this.#closings.settled();
  }

  get #free(): ThreadGroup | undefined {
    return this.#groups.find((group) => group.free > 0);
  }

  /** A new run, or a new wish for threads, does not fail of what kept earlier ones from starting. */
  #dropLost(): void {
    for (const group of this.#groups.filter(({ isLost }) => isLost)) {
      this.#groups.splice(this.#groups.indexOf(group), 1);
      this.#size -= group.size;
      this.#closings.add(group.close());
    }
  }

  #startUpTo(threads: number): void {
    const size = Math.min(threads, this.#limit) - this.#size;
    if (size <= 0) return;
    this.#size += size;
    this.#groups.push(this.#open(size));
  }
}
