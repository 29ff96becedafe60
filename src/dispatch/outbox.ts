import type { VariableScope } from '../runtimes/types.js';
import { type Encoded, transferSizeBytes } from '../transport/encode.js';
import { emptyPack, pack } from '../transport/pack.js';
import type { Part } from '../transport/part.js';
import type { TaskAnswer, TaskPart, WireFailure, WireOutcome, WireRecord } from './messages.js';
import type { TaskEvent } from './types.js';

/** A node that is done; what leaves the worker is encoded already, so that nobody can change it any more. */
export interface DoneNode {
  readonly id: string;
  readonly status: 'completed' | 'skipped';
  readonly output: Encoded | Part | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly writes: readonly DoneWrite[];
}

export interface DoneWrite {
  readonly name: string;
  readonly scope: VariableScope;
  readonly value: Encoded;
}

/** Progress and finished iterations may wait this long for company in a message. */
const flushMs = 5;

/** Collects what a task has to say and posts it in parts, in order. */
export class Outbox {
  readonly #task: number;
  readonly #post: (part: TaskPart) => void;
  #events: TaskEvent[] = [];
  #outcomes: WireOutcome[] = [];
  #values: Encoded[] = [];
  #parts = 0;
  #lastFlush = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(task: number, post: (part: TaskPart) => void) {
    this.#task = task;
    this.#post = post;
  }

  /** A log line goes at once; progress at most every few milliseconds. Dropped after the answer. */
  addEvent(event: TaskEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    if (event.type === 'log' || this.isDue) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  addOutcome(iteration: number, nodes: readonly DoneNode[], failure: WireFailure | undefined): void {
    this.#outcomes.push({ iteration, nodes: nodes.map((node) => this.#record(node)), failure });
  }

  get isDue(): boolean {
    return performance.now() - this.#lastFlush >= flushMs;
  }

  /** Posts what has gathered, if anything. */
  flush(): void {
    if (this.#isClosed || (this.#events.length === 0 && this.#outcomes.length === 0)) return;
    this.#parts++;
    this.#post(this.#take());
    this.#lastFlush = performance.now();
  }

  /** What is left, as the task's answer. Nothing can be added after it. Large values go ahead as a part: only parts transfer. */
  answer(isTainted: boolean): TaskAnswer {
    if (this.#values.some(isLarge)) this.flush();
    this.#isClosed = true;
    return { kind: 'done', part: this.#take(), partsBefore: this.#parts, isTainted };
  }

  #record({ output, writes, ...rest }: DoneNode): WireRecord {
    return {
      ...rest,
      output: output === undefined || 'kind' in output ? output : this.#hold(output),
      writes: writes.map(({ name, scope, value }) => ({ name, scope, value: this.#hold(value) })),
    };
  }

  #hold(value: Encoded): number {
    return this.#values.push(value) - 1;
  }

  #take(): TaskPart {
    clearTimeout(this.#timer);
    const values = this.#values.length === 0 ? emptyPack : pack(this.#values);
    const part = { task: this.#task, events: this.#events, outcomes: this.#outcomes, values };
    this.#timer = undefined;
    this.#events = [];
    this.#outcomes = [];
    this.#values = [];
    return part;
  }
}

function isLarge({ bytes, transfers }: Encoded): boolean {
  return bytes.byteLength >= transferSizeBytes || transfers.length > 0;
}
