import type { Worker } from 'node:worker_threads';
import type { FlowError } from '../errors/flow-error.js';
import { type ControlSlot, monotonicMs, type RunningAttempt } from './control-block.js';
import type { Flight } from './flight.js';
import { cancelledError, timeoutError } from './node-error.js';
import type { Parcel } from './parcel.js';
import { deathError } from './thread-errors.js';
import { readThreadStack } from './thread-stack.js';

export interface Thread {
  readonly worker: Worker;
  /** Keys of the packages it holds, oldest first. */
  readonly packages: Set<string>;
  /** It has answered before, so it can load its modules. */
  isProven: boolean;
  /** Code of a given-up attempt goes on in it: it is given nothing more. */
  isTainted: boolean;
}

/** Why this side ended a thread. */
type EndReason = 'timed-out' | 'cancelled' | 'not-started';

/** Code that yields gets this long to answer for itself before its thread is ended. */
const slackMs = 40;

export interface ThreadLimits {
  readonly graceMs: number;
  readonly startMs: number;
  /** How long a thread whose time is up may take to say where it is. */
  readonly stackMs: number;
}

/** One message on one thread: whom it runs for, and when its thread must be ended. */
export class ThreadRun {
  readonly parcel: Parcel;
  readonly slot: ControlSlot;
  #thread: Thread | undefined;
  readonly #graceMs: number;
  readonly #stackMs: number;
  readonly #startMs: number;
  #startBy: number;
  #ended: EndReason | undefined;
  #abort: (() => void) | undefined;
  readonly #closing = new AbortController();
  /** Where the thread was when its time was up. */
  #stack: string | undefined;
  /** It was in the code at the top of a module then. */
  #wasLoading = false;

  constructor(parcel: Parcel, slot: ControlSlot, limits: ThreadLimits) {
    this.parcel = parcel;
    this.slot = slot;
    this.#graceMs = limits.graceMs;
    this.#stackMs = limits.stackMs;
    this.#startMs = limits.startMs;
    this.#startBy = monotonicMs() + limits.startMs;
  }

  get thread(): Thread | undefined {
    return this.#thread;
  }

  /** The pool gives it a thread. It may have waited for that because this side was blocked, which is no fault of the thread. */
  place(thread: Thread): void {
    this.#thread = thread;
    this.#startBy = monotonicMs() + this.#startMs;
  }

  /** What Piscina takes for a signal; it is used only while no thread runs the task, where there is no thread to end. */
  get abortable() {
    const forget = () => {
      this.#abort = undefined;
    };
    const once = (_name: string, abort: () => void) => {
      this.#abort = abort;
    };
    return { once, off: forget, removeListener: forget };
  }

  /** The pool is about to end every thread. */
  close(): void {
    this.#ended ??= 'cancelled';
    this.#closing.abort();
  }

  /** Ends the thread if its time is up. */
  check(): void {
    if (this.#ended !== undefined || !this.slot.hasStarted) return;
    const now = monotonicMs();
    const running = this.slot.running();
    if (running === undefined) return;
    const graceMs = slackMs + (running.isCooperative ? this.#graceMs : 0);
    if (running.deadline !== 0 && now > running.deadline + graceMs) this.#end('timed-out', running);
    else if (now > (this.parcel.cancelledAt(running) ?? now) + graceMs) this.#end('cancelled', running);
  }

  /** Gives the iteration that a dead thread leaves behind its error. When none ran, gives back the task whose turn it was. */
  bury(thrown: unknown): Flight | undefined {
    const running = this.slot.running();
    if (running !== undefined) {
      this.parcel.manifest.failRunning(running, (flight) => this.#errorOf(thrown, running, flight));
      return undefined;
    }
    const { next } = this.parcel.manifest;
    if (next !== undefined) next.strayDeaths++;
    return next;
  }

  /** The thread died before it did anything. */
  get neverStarted(): boolean {
    return !this.slot.hasStarted;
  }

  #end(reason: EndReason, running: RunningAttempt): void {
    if (!this.slot.doom(running.turn)) return;
    this.#ended = reason;
    this.#wasLoading = running.isLoading;
    void this.#terminate(reason === 'timed-out' || this.parcel.isOverdue(running));
  }

  async #terminate(asksWhere: boolean): Promise<void> {
    const worker = this.thread?.worker;
    if (worker !== undefined && asksWhere) {
      this.#stack = await readThreadStack(worker, { boundMs: this.#stackMs, giveUp: this.#closing.signal });
    }
    await worker?.terminate();
  }

  /** No thread began it in time, by what is known here. */
  get isLateToStart(): boolean {
    return this.#ended === undefined && !this.slot.hasStarted && monotonicMs() > this.#startBy;
  }

  endUnstarted(): void {
    this.#ended = 'not-started';
    if (this.thread === undefined) this.#abort?.();
    else void this.thread.worker.terminate();
  }

  #errorOf(thrown: unknown, running: RunningAttempt, { task }: Flight): FlowError {
    const nodeId = task.nodeIds[running.node] ?? '';
    const node = task.run.nodes[nodeId];
    const seen = { stack: this.#stack, isLoading: this.#wasLoading };
    if (this.#ended === 'timed-out' && node !== undefined) return timeoutError(node, running.attempt, seen);
    if (this.#ended === 'cancelled') return cancelledError({ nodeId }, seen);
    return deathError(thrown, nodeId, task.memoryMb);
  }
}
