import { iterationsPerMessage } from './control-block.js';
import type { Flight } from './flight.js';
import type { FlightQueue } from './flight-queue.js';
import { Parcel } from './parcel.js';
import type { TaskTimes } from './task-times.js';
import type { Task } from './types.js';

/** Work in one message: enough to drown the cost of sending it (tens of microseconds), little enough to wait for. */
const packMs = 4;
/** A longer task does not wait for company. */
const shortMs = 1;
/** Longer tasks that wait anyway may wait on the thread: it goes on at once, while its last result is taken in. */
const aheadMs = 100;
/** The same where all take about as long, so that threads that get as many of them are done at about one time, and each can be taken back. */
const steadyAheadMs = 400;
const packLimit = 128;

/** What a body lays down for its messages. */
export interface PackingRules {
  /** Whether a message costs so much that small tasks should share one. */
  readonly packsTasks: boolean;
  /** Whether two tasks may share a message; absent when any two may. */
  mayShare?(one: Task, other: Task): boolean;
}

/** Which of the tasks that wait together share a message. */
export class Packer {
  readonly #queue: FlightQueue;
  readonly #times: TaskTimes;
  readonly #rules: PackingRules;
  readonly #threads: number;

  constructor(queue: FlightQueue, times: TaskTimes, rules: PackingRules, threads: number) {
    this.#queue = queue;
    this.#times = times;
    this.#rules = rules;
    this.#threads = threads;
  }

  /**
   * The task whose turn it is, and others behind it, no more than a thread's share: small ones to make a few milliseconds of
   * them, longer ones so that the thread need not wait for its next message.
   */
  pack(id: number, first: Flight): Parcel {
    const parcel = new Parcel(id, first.task.run);
    const share = Math.min(packLimit, (this.#queue.size + 1) / this.#threads);
    const firstMs = this.#expectedMs(first);
    const isShort = firstMs <= shortMs;
    const eachMs = isShort ? shortMs : aheadMs;
    const tasks = isShort ? Math.ceil(share) : share;
    let mostMs = isShort ? packMs : this.#aheadMs(first);
    let ms = firstMs;
    parcel.add(first);
    if (first.task.isDivisible) this.#queue.push(first);
    while (firstMs < aheadMs && parcel.flights.length + 1 <= tasks && parcel.size < iterationsPerMessage) {
      const next = this.#queue.peek();
      if (next === undefined || !this.#mayShare(first.task, next.task)) break;
      const nextMs = this.#expectedMs(next);
      if (!isShort) mostMs = Math.min(mostMs, this.#aheadMs(next));
      ms += nextMs;
      if (nextMs > eachMs || ms > mostMs) break;
      this.#queue.shift();
      parcel.add(next);
    }
    return parcel;
  }

  /** How much work may wait on a thread with this one in it. */
  #aheadMs({ isMovable, task }: Flight): number {
    return isMovable && this.#times.isSteady(task) ? steadyAheadMs : aheadMs;
  }

  #mayShare(one: Task, other: Task): boolean {
    return one.run === other.run && (this.#rules.mayShare?.(one, other) ?? true);
  }

  /** What is unknown goes alone. */
  #expectedMs(flight: Flight): number {
    if (!this.#rules.packsTasks) return Number.POSITIVE_INFINITY;
    const iterationMs = this.#times.expect(flight.task) ?? Number.POSITIVE_INFINITY;
    return iterationMs * flight.unsent;
  }
}
