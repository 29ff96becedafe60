import { WaitingLine } from './waiting-line.js';

/** Lets at most `permits` holders in at a time; the rest wait in order of arrival. */
export class Semaphore {
  readonly #line = new WaitingLine<() => void>();
  #permits: number;
  /** Below zero while more are held than there should be. */
  #available: number;

  /** @throws TypeError unless `permits` is a whole number from 1 on */
  constructor(permits: number) {
    if (!Number.isSafeInteger(permits) || permits < 1) {
      throw new TypeError(`Expected permits to be a whole number from 1 on, got ${String(permits)}`);
    }
    this.#permits = permits;
    this.#available = permits;
  }

  /** Permits nobody holds. */
  get available(): number {
    return Math.max(0, this.#available);
  }

  /** Changes how many holders are let in at a time. Nobody loses a permit; while too many are held none is given. */
  resize(permits: number): void {
    this.#available += permits - this.#permits;
    this.#permits = permits;
    while (this.#available > 0 && this.#line.length > 0) {
      this.#available -= 1;
      this.#line.serve(this.#grant());
    }
  }

  /** Callers that wait for a permit. */
  get pending(): number {
    return this.#line.length;
  }

  /**
   * Waits for a permit and gives the function that returns it; calling that again does nothing.
   * Rejects with the signal's reason, and takes no permit, if the signal aborts first.
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#available <= 0) return this.#line.join(signal);
    this.#available -= 1;
    return this.#grant();
  }

  /** Runs `work` while holding a permit, and gives what it gives. `work` never starts if the signal aborts while it waits. */
  async run<Result>(work: () => Result | Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const release = await this.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  #grant(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#passOn();
    };
  }

  /** A free permit goes straight to the first in line, so that nobody who comes later can take it. */
  #passOn(): void {
    if (this.#line.length === 0 || this.#available < 0) this.#available += 1;
    else this.#line.serve(this.#grant());
  }
}
