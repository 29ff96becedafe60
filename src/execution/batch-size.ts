import type { IterationOutcome } from '../dispatch/types.js';

/** Work per task: long enough to drown the cost of sending it (tens of microseconds), short enough to share out evenly. */
const targetMs = 8;
const maxItems = 4096;
/** How much larger a batch may be than the one before, since the first items tell little. */
const growth = 4;
/** Tasks each lane should still get out of what is left, so that none idles at the end. */
const tailTasks = 2;

/** Decides how many items of a `foreach` travel together: a fixed number, or `auto` from the times measured so far. */
export class BatchSize {
  readonly #batch: 'auto' | number;
  readonly #lanes: number;
  #size = 1;
  #items = 0;
  #workMs = 0;

  constructor(batch: 'auto' | number, lanes: number) {
    this.#batch = batch;
    this.#lanes = lanes;
  }

  next(left: number): number {
    if (this.#batch !== 'auto') return Math.min(this.#batch, left);
    return Math.max(1, Math.min(this.#size, Math.ceil(left / (this.#lanes * tailTasks)), left));
  }

  /** Takes in how long the items of a finished task took. */
  learn(outcomes: readonly IterationOutcome[]): void {
    if (this.#batch !== 'auto') return;
    this.#items += outcomes.length;
    this.#workMs += outcomes.reduce((sum, outcome) => sum + outcome.nodes.reduce((own, node) => own + node.durationMs, 0), 0);
    const fitting = Math.floor((targetMs * this.#items) / Math.max(this.#workMs, 1e-3));
    this.#size = Math.max(1, Math.min(fitting, this.#size * growth, maxItems));
  }
}
