import { type Encoded, transferSizeBytes } from '../transport/encode.js';
import { emptyPack, pack } from '../transport/pack.js';
import type { Board } from './board.js';
import type { DoneNode } from './done-node.js';
import type { TaskAnswer, TaskPart, WireFailure, WireOutcome, WireRecord } from './messages.js';
import type { TaskEvent } from './types.js';

/** Progress and finished iterations may wait this long for company in a message, and longer in the board: for each part the main thread takes a core from somebody. */
const flushMs = 5;
const boardMs = 50;
/** A task longer than this does not wait for the next one of its message. */
const taskMs = 1;

/** Collects what the tasks of a message have to say and posts it in parts, in order. */
export class Outbox {
  readonly #id: number;
  readonly #board: Board | undefined;
  readonly #post: (part: TaskPart) => void;
  #events: TaskEvent[] = [];
  #outcomes: WireOutcome[] = [];
  #values: Encoded[] = [];
  #parts = 0;
  #pinned = 0;
  #lastFlush = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Small finished iterations go to the `board`, where there is one. */
  constructor(id: number, post: (part: TaskPart) => void, board?: Board) {
    this.#id = id;
    this.#post = post;
    this.#board = board;
    this.#pinned = board?.length ?? 0;
  }

  /** A log line goes at once; progress at most every few milliseconds. Dropped after the answer. */
  addEvent(event: TaskEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    if (event.type === 'log' || this.isDue) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  /** `nodes`: those that it has not told of. */
  addOutcome(iteration: number, nodes: readonly DoneNode[], failure: WireFailure | undefined): void {
    if (failure === undefined && this.#board?.append(iteration, nodes)) return;
    this.#outcomes.push({ iteration, nodes: nodes.map((node) => this.#record(node)), failure });
  }

  /**
   * Nodes of an iteration that goes on, so that they are known if it takes the thread down. False when they are not told of: a
   * message for them is worth its cost only before something dangerous.
   */
  addFinished(iteration: number, nodes: readonly DoneNode[], isAtRisk: boolean): boolean {
    if (this.#board === undefined) return false;
    if (this.#board.append(iteration, nodes)) return true;
    if (!isAtRisk) return false;
    this.addOutcome(iteration, nodes, undefined);
    this.flush();
    return true;
  }

  /** Whether something finished would be lost if the thread were ended now. */
  get hasUnsaved(): boolean {
    return this.#outcomes.length > 0;
  }

  get isDue(): boolean {
    const isBoardOnly = this.#board !== undefined && this.#events.length === 0 && this.#outcomes.length === 0;
    return performance.now() - this.#lastFlush >= (isBoardOnly ? boardMs : flushMs);
  }

  /** Whether a task that is done has waited for others longer than a message costs. */
  get isLate(): boolean {
    return performance.now() - this.#lastFlush >= taskMs;
  }

  /** Posts what has gathered, if anything. */
  flush(): void {
    const isEmpty = this.#events.length === 0 && this.#outcomes.length === 0 && this.#pinned === (this.#board?.length ?? 0);
    if (this.#isClosed || isEmpty) return;
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

  /** Written out field by field: to spread an object and add fields to it takes V8 longer than a tiny node takes to run. */
  #record({ id, status, output, startedAt, durationMs, writes }: DoneNode): WireRecord {
    return {
      id,
      status,
      output: output === undefined || 'kind' in output ? output : this.#hold(output),
      startedAt,
      durationMs,
      writes: writes.map(({ name, scope, value }) => ({ name, scope, value: this.#hold(value) })),
    };
  }

  #hold(value: Encoded): number {
    return this.#values.push(value) - 1;
  }

  #take(): TaskPart {
    clearTimeout(this.#timer);
    const values = this.#values.length === 0 ? emptyPack : pack(this.#values);
    this.#pinned = this.#board?.length ?? 0;
    const part = { id: this.#id, events: this.#events, pinned: this.#pinned, outcomes: this.#outcomes, values };
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
