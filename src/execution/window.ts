import type { Semaphore } from '../scheduler/index.js';

/** Work that may be at the dispatcher for each of its threads: so much that none waits for this side to prepare the next. */
const waitingMs = 1_000;
const mostPerThread = 256;
/** Shorter times count more than longer ones, since first runs load code. */
const weight = { longer: 0.5, shorter: 0.75 } as const;

/** Lets more units of a block in than run at one time while they are short, so that they can share messages. */
export class Window {
  readonly #gate: Semaphore;
  readonly #limit: number;
  #expectedMs = Number.POSITIVE_INFINITY;
  #size: number;

  constructor(gate: Semaphore, limit: number) {
    this.#gate = gate;
    this.#limit = limit;
    this.#size = limit;
  }

  /** Takes in how long a unit worked. */
  learn(workMs: number): void {
    const known = Number.isFinite(this.#expectedMs) ? this.#expectedMs : workMs;
    this.#expectedMs = known + (workMs > known ? weight.longer : weight.shorter) * (workMs - known);
    const fitting = Math.floor(waitingMs / Math.max(this.#expectedMs, 1e-3));
    const size = this.#limit * Math.max(1, Math.min(fitting, mostPerThread));
    if (size === this.#size) return;
    this.#size = size;
    this.#gate.resize(size);
  }
}
