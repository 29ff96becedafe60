import { FlowError } from '../errors/flow-error.js';
import { shortEnough } from '../runtimes/input.js';
import { Semaphore } from '../scheduler/index.js';
import { composeList, composeObject, reveal } from '../transport/snapshot.js';
import type { ForeachNode, ParallelNode } from '../types/ast.js';
import { linkedAbort } from './abort.js';
import { BlockTracker, type UnitOutcome } from './block-tracker.js';
import { EndedUnits } from './ended-units.js';
import { evaluate } from './evaluate.js';
import { type BlockOutcome, cancelledBy, isCancel, type Outcome, type Scope } from './scope.js';
import type { Units } from './units.js';
import { Window } from './window.js';

type BlockNode = ParallelNode | ForeachNode;

/** Batches that may be at the dispatcher for each of its threads: two in the message that runs, and two for the next one. */
const batchesPerThread = 4;

/** Runs a block's units under its limit and its rules. Rejects only for faults of our own, once every unit has ended. */
export async function runUnits(node: BlockNode, units: Units, scope: Scope): Promise<BlockTracker> {
  const { total } = units;
  const tracker = new BlockTracker({
    ...node,
    total,
    toleratedFailures: node.kind === 'foreach' ? node.toleratedFailures : undefined,
  });
  const limit = node.maxConcurrency ?? scope.run.maxConcurrency;
  const gate = new Semaphore(limit);
  const entrance = mayWait(node, limit, scope) ? units.waiting : 'none';
  if (entrance === 'as-many') gate.resize(batchesPerThread * limit);
  const window = entrance === 'by-time' ? new Window(gate, limit) : undefined;
  const learn = (workMs: number): void => window?.learn(workMs);
  const { controller, unlink } = linkedAbort(scope.signal);
  // Of waiting for units that are still to come, which nobody does once no more are started.
  const waiting = linkedAbort(controller.signal);
  const progress = new BlockProgress(node, tracker, scope);
  const known = new EndedUnits(node, units.total, scope);
  const enter = (index: number, outcome: BlockOutcome): void => {
    tracker.enter(index, toUnitOutcome(outcome, controller.signal));
    progress.advance();
    if (tracker.stop === 'cancel') controller.abort(stopped(node));
    if (tracker.stop !== 'no') waiting.controller.abort();
  };
  const reuse = (count: number): void => progress.reuse(count);
  const keepHere = (count: number): void => progress.keepHere(count);
  const running = new Set<Promise<void>>();
  let fault: { readonly error: unknown } | undefined;
  const lane = { signal: controller.signal, gate, enter, learn, reuse, keepHere };
  const isOver = (): boolean => tracker.stop !== 'no' || controller.signal.aborted;
  const stopAt = (error: unknown): void => {
    fault ??= { error };
    controller.abort(stopped(node));
  };
  await known.replay(units, lane).catch(stopAt);
  const readyFrom = (from: number) => units.ready?.(from, waiting.controller.signal) ?? (total ?? 0) - from;
  let from = known.nextUnended(0);
  for (let ready = await readyFrom(from); ready > 0; ready = await readyFrom(from)) {
    const release = await gate.acquire();
    if (isOver()) {
      // Units that have begun may need the place for another attempt.
      release();
      break;
    }
    const count = units.chunk(Math.min(ready, known.room(from)));
    tracker.expect(from + count);
    const work = units
      .run(from, count, { release, ...lane })
      .catch(stopAt)
      .finally(() => {
        release();
        running.delete(work);
      });
    running.add(work);
    from = known.nextUnended(from + count);
  }
  if (!isOver()) tracker.close();
  await Promise.all(running);
  waiting.unlink();
  unlink();
  if (fault) throw fault.error;
  progress.end();
  known.note(tracker);
  return tracker;
}

/**
 * Whether more units may be handed to the dispatcher than run at one time: it starts no more than the block may, and the
 * block would have started each of them anyway.
 */
export function mayWait(node: BlockNode, limit: number, { run: { dispatcher } }: Scope): boolean {
  if (dispatcher.packsTasks !== true || limit < dispatcher.maxConcurrency) return false;
  return node.join.kind === 'all' && node.onError !== 'finish';
}

function stopped(node: BlockNode): FlowError {
  return new FlowError('RUN_CANCELLED', `stopped with the rest of ${node.kind} "${node.id}"`);
}

function toUnitOutcome(outcome: BlockOutcome, signal: AbortSignal): UnitOutcome {
  if (outcome.status === 'skipped') return outcome;
  if (outcome.status === 'failed') return isCancel(outcome.error, signal) ? { status: 'cancelled' } : outcome;
  return { status: 'completed', output: outcome.output };
}

/** What a block gives once its units have ended: the cancel from outside, its failure, or its merged outputs. */
export function concludeBlock(
  node: BlockNode,
  tracker: BlockTracker,
  names: readonly (string | undefined)[],
  scope: Scope,
): Outcome {
  if (scope.signal.aborted && tracker.unfinished > 0) {
    return { status: 'failed', error: cancelledBy(scope.signal), output: composeList(tracker.outputs) };
  }
  const verdict = tracker.verdict();
  if (verdict.status === 'failed') return { status: 'failed', error: verdict.error, output: composeList(tracker.outputs) };
  if (tracker.failed > 0) scope.run.decisions?.note('handled', scope.lineage, scope.path + node.id, true);
  const output = mergeOutputs(node, tracker, names, scope);
  scope.run.ignored.failures += tracker.failed;
  return { status: 'completed', output, failures: tracker.failures };
}

function mergeOutputs(node: BlockNode, tracker: BlockTracker, names: readonly (string | undefined)[], scope: Scope): unknown {
  const outputs = tracker.winners();
  if (node.join.kind === 'any') return outputs[0] ?? null;
  if (node.merge === 'array') return composeList(outputs);
  if (node.merge === 'object') {
    return composeObject(tracker.joined().map((index) => [String(names[index] ?? index), tracker.outputs[index]]));
  }
  if (node.merge === 'concat') return outputs.flatMap((output) => memberOrList(reveal(output)));
  return evaluate(scope, node.merge, { branches: outputs.map(reveal) });
}

/** What `concat` puts in for an output. */
function memberOrList(output: unknown): unknown {
  return Array.isArray(output) ? shortEnough(output, 'What `merge="concat"` is to put in') : output;
}

/** At most one event in `everyMs`, and one at each end. */
const everyMs = 50;

class BlockProgress {
  readonly #tell: () => void;
  #told = 0;
  #reused = 0;
  #onMain: number | undefined;

  constructor(node: BlockNode, tracker: BlockTracker, scope: Scope) {
    const where = { nodeId: node.id, path: scope.path + node.id };
    this.#tell = () => {
      this.#told = performance.now();
      const { ended: done, failed, total } = tracker;
      const counts = { done, failed, ...(total === undefined ? {} : { total }) };
      const reused = this.#reused === 0 ? {} : { reused: this.#reused };
      const onMain = this.#onMain === undefined ? {} : { onMain: this.#onMain };
      scope.run.emit({ type: 'block.progress', ...where, ...counts, ...reused, ...onMain });
    };
    this.#tell();
  }

  reuse(count: number): void {
    this.#reused += count;
  }

  keepHere(count: number): void {
    this.#onMain = (this.#onMain ?? 0) + count;
  }

  advance(): void {
    if (performance.now() - this.#told >= everyMs) this.#tell();
  }

  end(): void {
    this.#tell();
  }
}
