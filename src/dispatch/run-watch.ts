import type { ThreadRun } from './thread-run.js';

/** How often attempts that may have to be ended are looked at, in ms, and how often all others: each look takes a thread off its core. */
const watchMs = { timed: 20, other: 250 } as const;

/** Looks at what runs on threads now and then: ends threads whose time is up, and takes in what lies on the boards. */
export class RunWatch {
  readonly #runs: ReadonlyMap<number, ThreadRun>;
  #next: { readonly timer: NodeJS.Timeout; readonly isClose: boolean } | undefined;
  #isClosed = false;

  constructor(runs: ReadonlyMap<number, ThreadRun>) {
    this.#runs = runs;
  }

  /** Until nothing runs any more. `isClose`: something may have to be ended, so that it must look more often. */
  start(isClose: boolean): void {
    if (this.#isClosed || this.#next?.isClose === true || this.#next?.isClose === isClose) return;
    clearTimeout(this.#next?.timer);
    const timer = setTimeout(() => this.#look(), isClose ? watchMs.timed : watchMs.other).unref();
    this.#next = { timer, isClose };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#next?.timer);
  }

  #look(): void {
    this.#next = undefined;
    const runs = [...this.#runs.values()];
    for (const run of runs) {
      run.check();
      run.parcel.intake.glance();
    }
    // Where this thread was blocked until now, what would place them may wait for its turn of the event loop.
    if (runs.some(({ isLateToStart }) => isLateToStart)) setImmediate(() => this.#endUnstarted());
    if (runs.length > 0) this.start(runs.some(({ parcel }) => parcel.isTimed));
  }

  #endUnstarted(): void {
    for (const run of this.#runs.values()) if (run.isLateToStart) run.endUnstarted();
  }
}
