import { workOf } from '../dispatch/work-of.js';
import type { Recalled } from './known-outcomes.js';

/** How large batches may become, and how small at the end. */
export interface Pace {
  /** Work per task: long enough to drown the cost of sending it, short enough to share out evenly. */
  readonly targetMs: number;
  /** Above the target, a task may hold so many items as long as they are no more than this much work. */
  readonly few?: { readonly items: number; readonly ms: number };
  /** Tasks each lane should still get out of what is left, so that none idles at the end. */
  readonly tailTasks: number;
  /** No smaller than such a part of a full batch: less is not worth a message. */
  readonly tailPieces: number;
}

/**
 * `prompt` where how a few items end may decide what becomes of the others, and `patient` where all are to run, and a thread without
 * work takes over half of what another has left. A message costs tens of microseconds when it is one of many, but half a
 * millisecond after some of work: both sides must wake then, and their code is in no cache any more.
 */
export const paces = {
  prompt: { targetMs: 8, tailTasks: 2, tailPieces: 8 },
  patient: { targetMs: 40, tailTasks: 1, tailPieces: 3 },
  /** The same where messages are also what places are compared by: of short items they are large enough as they are. */
  comparing: { targetMs: 8, few: { items: 100, ms: 40 }, tailTasks: 1, tailPieces: 3 },
} as const satisfies Record<string, Pace>;

const maxItems = 1024;
/** How much larger a batch may be than the one before, since the first items tell little. */
const growth = 4;
/** How much a batch counts that took longer, or shorter, than what was known: first runs load code. */
const weight = { longer: 0.5, shorter: 0.75 } as const;

/** Decides how many items of a `foreach` travel together: a fixed number, or `auto` from the times measured so far. */
export class BatchSize {
  readonly #batch: 'auto' | number;
  readonly #lanes: number;
  readonly #pace: Pace;
  #size = 1;
  #itemMs: number | undefined;

  /** `expectedMs`: what an item took in earlier runs, which may have had others. */
  constructor(batch: 'auto' | number, lanes: number, pace: Pace, expectedMs?: number) {
    this.#batch = batch;
    this.#lanes = lanes;
    this.#pace = pace;
    if (expectedMs !== undefined) this.#grow(expectedMs);
  }

  next(left: number): number {
    if (this.#batch !== 'auto') return Math.min(this.#batch, left);
    const share = Math.ceil(left / (this.#lanes * this.#pace.tailTasks));
    return Math.min(this.#size, Math.max(share, Math.ceil(this.#size / this.#pace.tailPieces)), left);
  }

  /** Takes in how long the items of a finished task took. */
  learn(outcomes: readonly Recalled[]): void {
    if (this.#batch !== 'auto') return;
    const { items, sumMs } = workOf(outcomes);
    if (items === 0) return;
    const itemMs = sumMs / items;
    const known = this.#itemMs ?? itemMs;
    this.#itemMs = known + (itemMs > known ? weight.longer : weight.shorter) * (itemMs - known);
    this.#grow(this.#itemMs);
  }

  #grow(itemMs: number): void {
    const { targetMs, few } = this.#pace;
    const fitting = (ms: number) => Math.floor(ms / Math.max(itemMs, 1e-3));
    const wanted = Math.max(fitting(targetMs), few === undefined ? 0 : Math.min(fitting(few.ms), few.items));
    this.#size = Math.max(1, Math.min(wanted, this.#size * growth, maxItems));
  }
}
