import type { Recalled } from './known-outcomes.js';

/** Work per task: long enough to drown the cost of sending it (tens of microseconds), short enough to share out evenly. */
const targetMs = 8;
const maxItems = 1024;
/** How much larger a batch may be than the one before, since the first items tell little. */
const growth = 4;
/** Tasks each lane should still get out of what is left, so that none idles at the end. */
const tailTasks = 2;
/** No smaller than such a part of a full batch: less is not worth a message. */
const tailPieces = 8;
/** How much a batch counts that took longer, or shorter, than what was known: first runs load code. */
const weight = { longer: 0.5, shorter: 0.75 } as const;

/** Decides how many items of a `foreach` travel together: a fixed number, or `auto` from the times measured so far. */
export class BatchSize {
  readonly #batch: 'auto' | number;
  readonly #lanes: number;
  #size = 1;
  #itemMs: number | undefined;

  constructor(batch: 'auto' | number, lanes: number) {
    this.#batch = batch;
    this.#lanes = lanes;
  }

  next(left: number): number {
    if (this.#batch !== 'auto') return Math.min(this.#batch, left);
    const share = Math.ceil(left / (this.#lanes * tailTasks));
    return Math.min(this.#size, Math.max(share, Math.ceil(this.#size / tailPieces)), left);
  }

  /** Takes in how long the items of a finished task took. */
  learn(outcomes: readonly Recalled[]): void {
    if (this.#batch !== 'auto') return;
    const itemMs = workMs(outcomes) / outcomes.length;
    const known = this.#itemMs ?? itemMs;
    this.#itemMs = known + (itemMs > known ? weight.longer : weight.shorter) * (itemMs - known);
    const fitting = Math.floor(targetMs / Math.max(this.#itemMs, 1e-3));
    this.#size = Math.max(1, Math.min(fitting, this.#size * growth, maxItems));
  }
}

function workMs(outcomes: readonly Recalled[]): number {
  let sum = 0;
  for (const { nodes } of outcomes) for (const { durationMs } of nodes) sum += durationMs;
  return sum;
}
