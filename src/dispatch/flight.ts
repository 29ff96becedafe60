import type { FlowError } from '../errors/flow-error.js';
import type { RunningAttempt } from './control-block.js';
import type { DispatchOptions } from './dispatcher.js';
import { injectedError } from './faults.js';
import { cancelledError } from './node-error.js';
import type { IterationOutcome, NodeRecord, Task, TaskEvent, TaskReply } from './types.js';

/**
 * A task on its way, over as many threads as it takes: what is done so far, and what is still to do. Once discarded it holds
 * nothing more: the table that a `Map` or `Set` has outgrown refers to the next one, and in the old generation keeps all that was in it.
 */
export class Flight {
  readonly id: number;
  /** Without its iterations once it is discarded. */
  task: Task;
  isCancelled = false;
  /** Who cancelled it had not expected it to go on for so long, and may want to know where it was. */
  isOverdue = false;
  /** Called with the last outcome. */
  onLanded: ((reply: TaskReply) => void) | undefined;
  /** It waits in a queue. */
  isQueued = false;
  /** Threads that died under it between two attempts, when nothing of it could be blamed. */
  strayDeaths = 0;
  #onEvent: ((event: TaskEvent) => void) | undefined;
  #outcomes: (IterationOutcome | undefined)[];
  #missing: number;
  /** Iterations from here on have never been sent. */
  #fresh = 0;
  /** Positions of those that were sent and came back undone. */
  #returned: number[] = [];
  /** Nodes of iterations that go on, by position: what is left of them if their thread dies. */
  readonly #begun = new Map<number, readonly NodeRecord[]>();

  constructor(id: number, task: Task, options: DispatchOptions) {
    this.id = id;
    this.task = task;
    this.#onEvent = options.onEvent;
    this.#outcomes = new Array<undefined>(task.iterations.length).fill(undefined);
    this.#missing = task.iterations.length;
  }

  get isDone(): boolean {
    return this.#missing === 0;
  }

  /** Whether an attempt of it has a limit of time, or may be made to hang. */
  get isTimed(): boolean {
    const { nodeIds, faults, run } = this.task;
    return faults !== undefined || nodeIds.some((id) => run.nodes[id]?.timeoutMs !== undefined);
  }

  /** Whether a thread that has not come to an iteration may have it taken back, for another thread or for something more urgent. */
  get isMovable(): boolean {
    const { isDivisible, iterations } = this.task;
    return isDivisible === true || iterations.length === 1;
  }

  /** Iterations without an outcome. */
  get missing(): number {
    return this.#missing;
  }

  /** Iterations that no thread has. */
  get unsent(): number {
    return this.isDone ? 0 : this.#returned.length + this.#outcomes.length - this.#fresh;
  }

  /** Hands out at most so many positions of iterations that no thread has, in order. */
  takeUnsent(limit: number): number[] {
    if (this.isDone) return [];
    const positions = this.#returned.splice(0, limit);
    while (positions.length < limit && this.#fresh < this.#outcomes.length) positions.push(this.#fresh++);
    return positions.filter((position) => this.#outcomes[position] === undefined);
  }

  /** Positions that a thread did not come to. Those without an outcome are to be sent again. */
  giveBack(positions: readonly number[]): void {
    const undone = positions.filter((position) => !this.hasOutcome(position));
    for (const position of undone) this.#begun.delete(position);
    if (undone.length > 0) this.#returned = [...this.#returned, ...undone].sort((a, b) => a - b);
  }

  outcomeOf(position: number): IterationOutcome | undefined {
    return this.#outcomes[position];
  }

  hasOutcome(position: number): boolean {
    return this.isDone || this.#outcomes[position] !== undefined;
  }

  tell(event: TaskEvent): void {
    this.#onEvent?.(event);
  }

  /** How many of an iteration's nodes are known though it goes on. */
  begunNodes(position: number): number {
    return this.#begun.get(position)?.length ?? 0;
  }

  /** Takes in the nodes since the last ones of an iteration, which goes on until all its nodes are there. */
  advance(position: number, outcome: IterationOutcome): void {
    const begun = this.#begun.get(position);
    const whole = begun === undefined ? outcome : { ...outcome, nodes: [...begun, ...outcome.nodes] };
    if (whole.status === 'completed' && whole.nodes.length < this.task.nodeIds.length) this.#begun.set(position, whole.nodes);
    else this.#settle(position, whole);
  }

  /** The iteration that ran when its thread died; the others may run again. */
  failRunning(position: number, running: RunningAttempt, error: FlowError): void {
    const nodeId = this.task.nodeIds[running.node] ?? '';
    const where = { nodeId, attempt: running.attempt, source: this.task.run.nodes[nodeId]?.at };
    const { startedAt } = running;
    const fault = this.task.faults?.[position]?.find(({ node }) => node === running.node);
    this.#settle(position, {
      status: 'failed',
      nodes: this.#begun.get(position) ?? [],
      nodeId,
      error: (injectedError(fault, error, nodeId) ?? error).located(where),
      startedAt,
      durationMs: Math.max(0, Date.now() - startedAt),
    });
  }

  fail(positions: readonly number[], error: FlowError): void {
    for (const position of positions) this.#failUnstarted(position, error);
  }

  cancel(positions: readonly number[]): void {
    this.fail(positions, cancelledError({ nodeId: this.task.nodeIds[0] }));
  }

  /** Every iteration that no thread has. */
  cancelUnsent(): void {
    this.cancel(this.takeUnsent(Number.POSITIVE_INFINITY));
  }

  /** The reply is handed over with the last outcome. What came first counts. */
  #settle(position: number, outcome: IterationOutcome): void {
    if (this.hasOutcome(position)) return;
    this.#begun.delete(position);
    this.#outcomes[position] = outcome;
    this.#missing--;
    if (this.#missing > 0) return;
    this.onLanded?.({ outcomes: this.#outcomes as IterationOutcome[] });
    this.onLanded = undefined;
    this.#onEvent = undefined;
  }

  /** Lets go of everything, if it is done: nobody will ask for it any more. */
  discard(): void {
    if (!this.isDone) return;
    this.#outcomes = [];
    this.task = { ...this.task, iterations: [] };
  }

  #failUnstarted(position: number, error: FlowError): void {
    const nodeId = this.task.nodeIds[0] ?? '';
    const located = error.located({ nodeId, source: this.task.run.nodes[nodeId]?.at });
    this.#settle(position, { status: 'failed', nodes: [], nodeId, error: located, startedAt: Date.now(), durationMs: 0 });
  }
}
