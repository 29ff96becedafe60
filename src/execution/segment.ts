import type { IterationOutcome, NodeRecord, Task, TaskEvent, TaskReply } from '../dispatch/types.js';
import { FlowError } from '../errors/flow-error.js';
import type { Redactor } from '../errors/redact.js';
import { recordNodeResult } from '../state/index.js';
import type { WorkNode } from '../types/ast.js';
import type { Segment } from './body-plans.js';
import { sliceScope } from './evaluate.js';
import { executeFallback } from './fallback.js';
import { finishFailed, finishFromRecord, finishNode, forgetOutput } from './finish-nodes.js';
import type { PathOf, Recalled } from './known-outcomes.js';
import { cancelledWait, RetryCounter, waitForRetry } from './retries.js';
import type { Outcome, Scope } from './scope.js';

type Failed = Extract<IterationOutcome, { status: 'failed' }>;

/** Runs a segment to its end: one task, and more only for re-tries and for what follows a fallback. */
export async function executeSegment(segment: Segment, scope: Scope): Promise<Outcome> {
  announce(segment.nodes[0], scope);
  const attempt: Attempt = (number, memoryMb) => dispatchSegment(segment, scope, number, memoryMb);
  return settleSegment(segment, scope, await attempt(1, memoryOf(segment)), attempt);
}

/** Runs a segment; attempts count from 1. */
export type Attempt = (number: number, memoryMb: number | undefined) => Promise<Recalled>;

/** Goes on from the outcome of a segment's first attempt: records it, makes further ones, falls back. */
export async function settleSegment(segment: Segment, scope: Scope, outcome: Recalled, again: Attempt): Promise<Outcome> {
  const first = segment.nodes[0] as WorkNode;
  const counter = new RetryCounter(first);
  let attempts = 1;
  let shortages = 0;
  let latest = outcome;
  while (latest.status === 'failed' && latest.nodeId === first.id && latest.isHandled !== true) {
    const { error } = latest;
    const decision = counter.next(error, scope);
    if (decision.kind === 'spent') {
      latest = { ...latest, error: decision.error };
      break;
    }
    if (!(await waitForRetry(first, attempts, decision.delayMs, error, scope))) {
      // It would have gone on: what ended it is the cancel.
      latest = { ...latest, error: cancelledWait(scope.signal) };
      break;
    }
    attempts += 1;
    if (error.code === 'WORKER_OUT_OF_MEMORY') shortages += 1;
    latest = await again(attempts, memoryOf(segment, shortages));
  }
  recordFinished(segment, latest.nodes, attempts, scope);
  if (latest.status === 'begun') return executeBegun(segment, latest.nodes, scope);
  if (latest.status === 'completed') return { status: 'completed', output: latest.nodes.at(-1)?.output ?? null };
  return settleFailure(segment, scope, latest, attempts);
}

function announce(node: WorkNode | undefined, { run, path, quiet }: Scope): void {
  if (node && !quiet) run.emit({ type: 'node.started', nodeId: node.id, path: path + node.id });
}

/** Goes on from what was noted of its first nodes, for those behind them alone: a run that was not disturbed keeps it in its thread. */
async function executeBegun(segment: Segment, begun: readonly NodeRecord[], scope: Scope): Promise<Outcome> {
  const outcome = await executeRest(segment, begun.length, begun.at(-1)?.output, scope);
  for (const { id } of begun) if (!segment.keep.includes(id)) forgetOutput(id, scope);
  return outcome;
}

/** Goes on behind the first `done` nodes of a segment. */
function executeRest({ nodes }: Segment, done: number, output: unknown, scope: Scope): Promise<Outcome> {
  return executeSegment(scope.run.bodies.segmentOf(nodes.slice(done)), { ...scope, input: output ?? null });
}

function recordFinished(segment: Segment, nodes: readonly NodeRecord[], attempts: number, scope: Scope): void {
  nodes.forEach((record, index) => {
    // The first was announced when it was sent off; when the others started is known only now.
    if (index > 0) announce(segment.nodes[index], scope);
    finishFromRecord(segment.nodes[index] as WorkNode, record, index === 0 ? attempts : 1, scope);
  });
}

async function settleFailure(segment: Segment, scope: Scope, failure: Failed, attempts: number): Promise<Outcome> {
  const position = segment.nodeIds.indexOf(failure.nodeId);
  const node = segment.nodes[position] as WorkNode;
  if (position > 0) announce(node, scope);
  const { startedAt, durationMs } = failure;
  const timing = { attempts: position === 0 ? attempts : 1, startedAt, durationMs };
  const error = failure.error.located({ source: node.at, nodeId: node.id, path: scope.path + node.id });
  if (node.fallback) recordNodeResult(scope.state, node.id, { status: 'failed', error, ...timing });
  const rescued = await executeFallback(node, error, scope);
  if (rescued.status === 'failed') {
    finishFailed(node, rescued.error, timing, scope);
    return rescued;
  }
  scope.run.decisions?.note('handled', scope.lineage, scope.path + node.id, true);
  finishNode(node, { status: 'completed', output: rescued.output, ...timing }, scope);
  if (position === segment.nodes.length - 1 || rescued.status === 'broken') return rescued;
  return executeRest(segment, position + 1, rescued.output, scope);
}

async function dispatchSegment(segment: Segment, scope: Scope, attempt: number, memoryMb: number | undefined): Promise<Recalled> {
  const { run, branch, index, item } = scope;
  const input = segment.takesInput ? run.shelf.hold(scope.input) : null;
  const task: Task = {
    run: run.package,
    nodeIds: segment.nodeIds,
    keep: segment.keep,
    travels: segment.travels,
    shared: { names: {}, nodes: {} },
    iterations: [{ attempt, index, branch, input, item, slice: sliceScope(scope, segment.reads) }],
    priority: scope.priority,
    memoryMb,
  };
  const [outcome] = await dispatchTask(task, scope);
  return outcome as Recalled;
}

/** In MiB, twice as much after each attempt that had too little. */
export function memoryOf({ nodes }: Segment, shortages = 0): number | undefined {
  const memoryMb = nodes[0]?.memoryMb;
  return memoryMb === undefined ? undefined : memoryMb * 2 ** shortages;
}

/** Sends a task off within the flow's limit, but for what is known of it already. One outcome per iteration, in order. `pathOf` says where an iteration of it belongs. */
export async function dispatchTask(task: Task, scope: Scope, pathOf: PathOf = () => scope.path): Promise<readonly Recalled[]> {
  const { knownWork } = scope.run;
  if (knownWork.isEmpty || scope.signal.aborted) return send(task, scope, pathOf);
  return knownWork.complete(task, pathOf, scope.lineage, (rest, where) => send(rest, scope, where));
}

async function send(task: Task, scope: Scope, pathOf: PathOf): Promise<readonly IterationOutcome[]> {
  const { run, signal, slots } = scope;
  const release = await slots?.acquire(signal).catch(() => undefined);
  if (signal.aborted) return task.iterations.map(() => notStarted(task, signal));
  try {
    const armed = run.chaos === undefined ? task : run.chaos.arm(task, pathOf, scope.lineage);
    const reply = await run.dispatcher.dispatch(armed, { signal, onEvent: (event) => forward(event, scope, pathOf) });
    return withoutSecrets(takeOutcomes(reply), run.redactor);
  } finally {
    release?.();
  }
}

/** The promise of a reply may lie in the old generation long after it was awaited, and must not keep a million outcomes there. */
function takeOutcomes(reply: TaskReply): readonly IterationOutcome[] {
  const { outcomes } = reply;
  reply.outcomes = [];
  return outcomes;
}

/** An error may quote what it worked with, and is passed on to fallbacks, results and records. */
function withoutSecrets(outcomes: readonly IterationOutcome[], redactor: Redactor): readonly IterationOutcome[] {
  if (outcomes.every(({ status }) => status === 'completed')) return outcomes;
  return outcomes.map((outcome) => ('error' in outcome ? { ...outcome, error: redactor.value(outcome.error) } : outcome));
}

function notStarted(task: Task, signal: AbortSignal): Failed {
  const cancelled = new FlowError('RUN_CANCELLED', 'cancelled before it started', { cause: signal.reason });
  return { status: 'failed', nodes: [], nodeId: task.nodeIds[0] ?? '', error: cancelled, startedAt: Date.now(), durationMs: 0 };
}

function forward(event: TaskEvent, { run }: Scope, pathOf: PathOf): void {
  if (event.type === 'finished') return;
  const where = { nodeId: event.nodeId, path: pathOf(event.iteration) + event.nodeId };
  if (event.type === 'fault') {
    if (run.chaos !== undefined) run.chaos.counts[event.kind]++;
    run.emit({ type: 'fault', ...where, kind: event.kind, attempt: event.attempt });
  } else if (event.type === 'log') run.emit({ type: 'log', ...where, level: event.level, message: event.message });
  else run.emit({ type: 'progress', ...where, done: event.done, ...(event.total === undefined ? {} : { total: event.total }) });
}
