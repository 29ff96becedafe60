import type { FlowError } from '../errors/flow-error.js';
import type { SourcePosition } from '../types/source.js';
import { type ControlSlot, monotonicMs } from './control-block.js';

/** How an attempt ended. `isPending`: its code has not stopped and goes on unseen. */
export type AttemptEnd =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'thrown'; readonly error: unknown; readonly isPending: boolean }
  | { readonly status: 'timed-out' | 'cancelled'; readonly isPending: boolean };

/** The node that an attempt is one of. Asked only when there is something to tell. */
export interface AttemptedNode {
  where(): { readonly nodeId: string; readonly source: SourcePosition | undefined };
  stopError(status: 'timed-out' | 'cancelled'): FlowError;
}

/** Timeouts and cancels are noticed within this time by code that yields. */
const tickMs = 10;

/** One run of one node: watches its deadline and the cancel flag, and hands out its signal. */
export class Attempt {
  readonly #slot: ControlSlot;
  readonly #graceMs: number;
  readonly #node: AttemptedNode;
  #controller: AbortController | undefined;
  #stopping: 'timed-out' | 'cancelled' | undefined;
  #stopAt = 0;
  #settle: ((end: AttemptEnd) => void) | undefined;

  constructor(slot: ControlSlot, graceMs: number, node: AttemptedNode) {
    this.#slot = slot;
    this.#graceMs = graceMs;
    this.#node = node;
  }

  get where(): ReturnType<AttemptedNode['where']> {
    return this.#node.where();
  }

  /** Asking for it marks the attempt as cooperative. */
  get signal(): AbortSignal {
    this.#slot.cooperate();
    this.#controller ??= new AbortController();
    const status = this.#statusNow();
    if (status !== undefined) this.#abort(status);
    return this.#controller.signal;
  }

  get isCancelled(): boolean {
    return this.#statusNow() !== undefined;
  }

  /** The same for user code. Asking marks it as cooperative, as asking for the signal does. */
  poll(): boolean {
    this.#slot.cooperate();
    return this.isCancelled;
  }

  /**
   * An error that user code let escape from a callback. False when that is of no matter any more: the attempt has ended. Of one that
   * is being stopped the end is known: what it aborts often rejects where nobody awaits it, and the rest of it may still tidy up.
   */
  fail(error: unknown): boolean {
    if (this.#settle === undefined) return false;
    if (this.#stopStatus() === undefined) this.#settle({ status: 'thrown', error, isPending: true });
    return true;
  }

  /** Without a promise when `execute` gives none: most small nodes never wait. */
  run(execute: () => unknown): AttemptEnd | Promise<AttemptEnd> {
    try {
      const result = execute();
      return isThenable(result) ? this.#watch(result) : this.#ended({ status: 'returned', value: result });
    } catch (error) {
      return this.#ended({ status: 'thrown', error, isPending: false });
    }
  }

  #watch(result: PromiseLike<unknown>): Promise<AttemptEnd> {
    return new Promise<AttemptEnd>((resolve) => {
      const ticking = setInterval(() => this.#tick(), tickMs);
      this.#settle = (end) => {
        clearInterval(ticking);
        this.#settle = undefined;
        resolve(end);
      };
      result.then(
        (value) => this.#settle?.(this.#ended({ status: 'returned', value })),
        (error: unknown) => this.#settle?.(this.#ended({ status: 'thrown', error, isPending: false })),
      );
    });
  }

  /** Whatever came after a cancel or the deadline came too late, also when no timer had a chance to say so. */
  #ended(end: AttemptEnd): AttemptEnd {
    const status = this.#stopStatus();
    return status === undefined ? end : { status, isPending: false };
  }

  #stopStatus(): 'timed-out' | 'cancelled' | undefined {
    return this.#stopping ?? this.#statusNow();
  }

  #statusNow(): 'timed-out' | 'cancelled' | undefined {
    if (this.#slot.isCancelled) return 'cancelled';
    return this.#slot.isOverdue ? 'timed-out' : undefined;
  }

  #tick(): void {
    if (this.#stopping === undefined) {
      const status = this.#statusNow();
      if (status === undefined) return;
      this.#stopping = status;
      this.#stopAt = monotonicMs() + (this.#slot.isCooperative ? this.#graceMs : 0);
      this.#abort(status);
    }
    if (monotonicMs() >= this.#stopAt) this.#settle?.({ status: this.#stopping, isPending: true });
  }

  #abort(status: 'timed-out' | 'cancelled'): void {
    this.#controller?.abort(this.#node.stopError(status));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
