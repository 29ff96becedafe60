import { encodeError } from '../errors/wire.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import type { Encoded } from '../transport/encode.js';
import type { Part } from '../transport/part.js';
import type { DoneNode, DoneOutput } from './done-node.js';
import { timeoutOf } from './faults.js';
import { Front } from './front.js';
import { IterationScope } from './iteration-scope.js';
import type { PackedTask } from './messages.js';
import { cancelledError, nodeError } from './node-error.js';
import type { PreparedPackage } from './prepared-package.js';
import { type NodeEnd, runNode } from './run-node.js';
import type { TaskHooks } from './task-hooks.js';
import type { Fault, Iteration, Slice } from './types.js';

/** What the iterations of a task share. */
export interface TaskRun {
  readonly prepared: PreparedPackage;
  readonly message: PackedTask;
  /** Of the whole message. */
  readonly held: readonly Part[];
  readonly hooks: TaskHooks;
  readonly shared: Slice;
}

interface IterationRun extends TaskRun {
  /** In the message, and in its task. */
  readonly position: number;
  readonly offset: number;
  readonly faults: readonly Fault[] | undefined;
}

/** `tainted`: code of a given-up attempt still runs. */
type IterationEnd = 'done' | 'failed' | 'tainted';

/** An iteration on its way through the nodes of its segment. */
interface Course {
  readonly run: IterationRun;
  readonly source: Iteration | Encoded;
  readonly done: DoneNode[];
  /** How many of them the dispatching side can know of. */
  told: number;
  /** What is written down of them before the end; absent where there is but one node, or no record. */
  readonly front: Front | undefined;
  scope: IterationScope | NodeEnd | undefined;
  previous: DoneOutput | undefined;
  ordinal: number;
}

/** Runs the nodes of its segment, one after the other. Without a promise when no node gives one. */
export function runIteration(run: IterationRun, source: Iteration | Encoded): IterationEnd | Promise<IterationEnd> {
  return advance({
    run,
    source,
    done: [],
    told: 0,
    front: frontOf(run, source),
    scope: undefined,
    previous: undefined,
    ordinal: 0,
  });
}

function frontOf({ prepared, message, offset: at }: IterationRun, source: Iteration | Encoded): Front | undefined {
  const { journal } = prepared;
  if (journal === undefined || message.record?.fronts === undefined) return undefined;
  return new Front({ journal, prepared, message, at, source });
}

function advance(course: Course): IterationEnd | Promise<IterationEnd> {
  const { run, done } = course;
  for (; course.ordinal < run.message.nodeIds.length; course.ordinal++) {
    const id = run.message.nodeIds[course.ordinal] as string;
    if (run.hooks.slot.isCancelled) return fail(course, { id, isPending: false, error: cancelledError({ nodeId: id }) });
    if (done.length > course.told) tellFinished(course, id);
    prepareNotes(course, id);
    const ending = startNode(course, id);
    if (ending instanceof Promise) return ending.then((end) => goOn(course, id, end));
    const end = endNode(course, id, ending);
    if (end !== undefined) return end;
  }
  // What others may go on from must not be lost: it is written down before anybody hears of it.
  noteEnd(course);
  run.hooks.outbox.addOutcome(run.position, done.slice(course.told), undefined);
  return 'done';
}

/** What is done must not be lost with the next node. */
function prepareNotes({ run, front, done, scope }: Course, next: string): void {
  if (front !== undefined && scope instanceof IterationScope && done.length > 0) front.save(done, scope, next);
  else run.prepared.journal?.prepareFor(next);
}

function noteEnd({ run: { prepared, message, offset: at }, front, source, done }: Course): void {
  if (front !== undefined) front.end(done);
  else if (message.record !== undefined) prepared.journal?.add({ record: message.record, at, source }, done);
}

/** What has finished must be known even if the next node takes the thread down. */
function tellFinished(course: Course, next: string): void {
  const { run, done, told } = course;
  const isAtRisk = !builtInTypes.has(run.prepared.workNode(next)?.type ?? '');
  if (run.hooks.outbox.addFinished(run.position, done.slice(told), isAtRisk)) course.told = done.length;
}

function goOn(course: Course, id: string, ending: NodeEnd): IterationEnd | Promise<IterationEnd> {
  const end = endNode(course, id, ending);
  if (end !== undefined) return end;
  course.ordinal++;
  return advance(course);
}

function startNode(course: Course, id: string): NodeEnd | Promise<NodeEnd> {
  const { run, source, ordinal, previous } = course;
  const { prepared, message, held, hooks, position } = run;
  const fault = run.faults?.find(({ node }) => node === ordinal);
  hooks.slot.beginAttempt(position, ordinal, timeoutOf(prepared.workNode(id)?.timeoutMs, fault));
  course.scope ??= openScope(run, source);
  const { scope } = course;
  return scope instanceof IterationScope
    ? runNode({ prepared, message, held, hooks, position, ordinal, id, scope, previous, fault })
    : scope;
}

/** How the iteration has ended; undefined when its next node may run. */
function endNode(course: Course, id: string, end: NodeEnd): IterationEnd | undefined {
  const { run, done } = course;
  // A doomed thread must not touch the next node: its end has been decided already.
  if (!run.hooks.slot.endAttempt()) run.hooks.slot.awaitEnd();
  if (end.status === 'failed') return fail(course, { id, ...end });
  done.push(end.node);
  run.prepared.journal?.learn(end.node);
  course.front?.add(end.node);
  course.previous = end;
  return undefined;
}

/** The end of the first node, when the iteration's values cannot be read back. */
function openScope(
  { prepared, message, held, hooks, shared }: IterationRun,
  source: Iteration | Encoded,
): IterationScope | NodeEnd {
  try {
    const scope = new IterationScope(prepared, shared, source, held);
    hooks.slot.setAttempt(scope.attempt);
    return scope;
  } catch (thrown) {
    return { status: 'failed', error: nodeError(thrown, { nodeId: message.nodeIds[0] }), isPending: false };
  }
}

interface Failure {
  readonly id: string;
  readonly error: unknown;
  readonly isPending: boolean;
}

function fail(course: Course, { id, error, isPending }: Failure): IterationEnd {
  const { run, done, told, front, scope } = course;
  const { hooks, position } = run;
  if (front !== undefined && scope instanceof IterationScope) front.fail(done, scope);
  const { startedAt, elapsedMs } = hooks.slot;
  hooks.outbox.addOutcome(position, done.slice(told), {
    nodeId: id,
    error: encodeError(error),
    startedAt,
    durationMs: elapsedMs,
  });
  return isPending ? 'tainted' : 'failed';
}
