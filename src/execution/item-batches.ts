import { ItemIteration, type Series } from '../dispatch/item-iteration.js';
import type { Iteration, Task } from '../dispatch/types.js';
import type { ForeachNode } from '../types/ast.js';
import { BatchSize, paces } from './batch-size.js';
import { mayWait } from './block.js';
import type { Segment } from './body-plans.js';
import { sliceScope } from './evaluate.js';
import type { Iterations } from './iterations.js';
import type { Recalled } from './known-outcomes.js';
import type { Scope } from './scope.js';
import { type Attempt, dispatchTask, memoryOf, settleSegment } from './segment.js';
import type { Lane, Units } from './units.js';

/** Bodies that are one segment: many items a task, as many as make a few milliseconds of work. */
export class Batches implements Units {
  readonly total: number | undefined;
  readonly waiting = 'as-many';
  readonly #block: Iterations;
  readonly #segment: Segment;
  /** What is the same for every batch. */
  readonly #task: Omit<Task, 'iterations'>;
  readonly #series: Series;
  readonly #size: BatchSize;

  constructor(block: Iterations, segment: Segment) {
    const { node, items, scope } = block;
    this.#block = block;
    this.#segment = segment;
    this.total = items.total;
    const limit = node.maxConcurrency ?? scope.run.maxConcurrency;
    const nameIfRead = (name: string): string | undefined => (segment.reads.names.has(name) ? name : undefined);
    this.#series = { branch: scope.branch, item: nameIfRead(node.item), index: nameIfRead(node.index) };
    this.#task = {
      run: scope.run.package,
      nodeIds: segment.nodeIds,
      keep: segment.keep.slice(-1),
      shared: sliceScope(scope, segment.reads, new Set([node.item, node.index])),
      priority: scope.priority,
      memoryMb: memoryOf(segment),
      isDivisible: limit >= scope.run.dispatcher.maxConcurrency,
      stopsAtFailure: isLostByOneFailure(node, segment),
    };
    this.#size = sizeOf(block, limit, segment, this.#task);
  }

  ready(from: number, signal: AbortSignal): number | Promise<number> {
    return this.#block.items.ready(from, this.#size.next(Number.POSITIVE_INFINITY), signal);
  }

  chunk(left: number): number {
    // The tail is split small, but what has been read of a file is not its tail.
    return this.#block.items.isWhole ? this.#size.next(left) : Math.min(left, this.#size.next(Number.POSITIVE_INFINITY));
  }

  async run(from: number, count: number, lane: Lane): Promise<void> {
    const { scope } = this.#block;
    const items = this.#block.items.take(from, count);
    const slots = this.#block.node.maxConcurrency === undefined ? scope.slots : undefined;
    const quiet = { ...scope, signal: lane.signal, slots, quiet: true };
    const pathOf = (iteration: number): string => `${scope.path}${this.#block.node.id}[${from + iteration}]/`;
    const outcomes = await dispatchTask({ ...this.#task, iterations: this.#iterations(from, items) }, quiet, pathOf);
    if (!scope.run.knownWork.isEmpty) lane.reuse(outcomes.filter(isReused).length);
    if (scope.run.dispatcher.mode === 'auto') lane.keepHere(outcomes.filter(isOnMain).length);
    this.#size.learn(outcomes);
    const settling: Promise<void>[] = [];
    const waiting: Promise<void>[] = [];
    const echoes: (() => Promise<void>)[] = [];
    outcomes.forEach((outcome, position) => {
      const index = from + position;
      if (isPlainSuccess(outcome)) lane.enter(index, { status: 'completed', output: outcome.nodes.at(-1)?.output ?? null });
      else if (this.#isEcho(outcome)) echoes.push(() => this.#settle(index, items[position], outcome, lane));
      else (this.#mayGoOn(outcome) ? waiting : settling).push(this.#settle(index, items[position], outcome, lane));
    });
    // What has failed for good counts before the permit lets anything else start.
    await Promise.all(settling);
    await Promise.all(echoes.map((settle) => settle()));
    // An item that waits for its next attempt holds no permit; it takes one again when it works.
    lane.release();
    await Promise.all(waiting);
  }

  /** Whether an item was only stopped by the failure of another, which must be known first. */
  #isEcho(outcome: Recalled): boolean {
    return this.#task.stopsAtFailure === true && outcome.status === 'failed' && outcome.error.code === 'RUN_CANCELLED';
  }

  /** Whether an item has nodes ahead that had not finished, another attempt or a fallback. Only the first node of a segment can have either. */
  #mayGoOn(outcome: Recalled): boolean {
    if (outcome.status === 'begun') return true;
    return outcome.status === 'failed' && outcome.nodeId === this.#segment.nodeIds[0] && isMendable(this.#segment);
  }

  async #settle(index: number, item: unknown, outcome: Recalled, lane: Lane): Promise<void> {
    const own = this.#block.scopeOf(index, item, lane.signal);
    const scope = { ...own, slots: own.slots ?? lane.gate };
    const again: Attempt = (attempt, memoryMb) => this.#again(index, attempt, memoryMb, scope);
    lane.enter(index, await settleSegment(this.#segment, scope, outcome, again));
  }

  /** The same task, so that its outcome is known under the same key. */
  async #again(index: number, attempt: number, memoryMb: number | undefined, scope: Scope): Promise<Recalled> {
    const iterations = this.#iterations(index, [scope.item]).map(({ branch, input, item, slice }) => ({
      attempt,
      index,
      branch,
      input,
      item,
      slice,
    }));
    const [outcome] = await dispatchTask({ ...this.#task, memoryMb, iterations }, scope);
    return outcome as Recalled;
  }

  #iterations(from: number, items: ArrayLike<unknown>): Iteration[] {
    return Array.from(items, (item, offset) => new ItemIteration(this.#series, from + offset, item));
  }
}

/**
 * Rows that are still to come must not wait for one another; and where a few items may decide, none of them waits for others because
 * of what earlier runs took. In mode `async` a message costs next to nothing.
 */
function sizeOf(
  { node, items, scope }: Iterations,
  limit: number,
  segment: Segment,
  task: Pick<Task, 'run' | 'nodeIds'>,
): BatchSize {
  const { dispatcher } = scope.run;
  const decidesAtEnd = node.toleratedFailures === undefined && mayWait(node, limit, scope);
  const isPatient = items.isWhole && dispatcher.mode !== 'async' && decidesAtEnd && !isMendable(segment);
  if (!isPatient) return new BatchSize(node.batch, limit, paces.prompt);
  const pace = dispatcher.mode === 'auto' ? paces.comparing : paces.patient;
  return new BatchSize(node.batch, limit, pace, dispatcher.expectMs?.(task));
}

/** Then the items after a failed one need not run: nothing can mend it. */
function isLostByOneFailure(node: ForeachNode, segment: Segment): boolean {
  if (node.onError !== 'fail-fast' || node.toleratedFailures !== undefined || node.join.kind !== 'all') return false;
  return !isMendable(segment);
}

/** Whether an item that has failed goes on, by another attempt or a fallback, once its batch has ended. */
function isMendable({ nodes: [first] }: Segment): boolean {
  return first === undefined || first.retries.length > 0 || first.fallback !== undefined;
}

function isReused({ status, nodes }: Recalled): boolean {
  return status !== 'begun' && nodes.length > 0 && nodes[0]?.reused !== undefined;
}

function isOnMain({ nodes }: Recalled): boolean {
  return nodes[0]?.place === 'main';
}

/** Nothing to record: nodes of an iteration are not visible outside it. */
function isPlainSuccess(outcome: Recalled): boolean {
  return outcome.status === 'completed' && outcome.nodes.every((record) => record.writes.length === 0);
}
