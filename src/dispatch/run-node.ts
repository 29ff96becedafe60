import { FlowError } from '../errors/flow-error.js';
import { ModuleRuntime } from '../runtimes/transform/module.js';
import { type Encoded, encode, encodeMoved, encodeShallow } from '../transport/encode.js';
import { type Part, toPart } from '../transport/part.js';
import { Attempt, type AttemptEnd } from './attempt.js';
import type { DoneNode, DoneOutput, DoneWrite } from './done-node.js';
import { injectedError, meetFault } from './faults.js';
import { NodeContext } from './node-context.js';
import { cancelledError, nodeError, timeoutError } from './node-error.js';
import { type Access, accessOf, inputOf } from './node-input.js';
import { attemptOf, type NodeRun } from './node-run.js';
import type { PreparedNode } from './prepared-package.js';
import type { Fault } from './types.js';

export type NodeEnd =
  | ({ readonly status: 'done' } & DoneOutput)
  | { readonly status: 'failed'; readonly error: FlowError; readonly isPending: boolean };

/** Evaluates a node's settings and runs it. Without a promise when the node gives none. */
export function runNode(run: NodeRun): NodeEnd | Promise<NodeEnd> {
  try {
    const step = run.prepared.node(run.id);
    const defaultInput = () => (run.previous === undefined ? run.scope.iteration.input : run.previous.output);
    if (isSkipped(step, run, defaultInput)) return finish(run, 'skipped', null, [], false);
    return execute(step, run, defaultInput);
  } catch (thrown) {
    return failed(run, thrown, false);
  }
}

function isSkipped(step: PreparedNode, run: NodeRun, defaultInput: () => unknown): boolean {
  if (step.when === undefined) return false;
  const holds = step.when.evaluate(run.scope.lookup(defaultInput));
  if (typeof holds === 'boolean') return !holds;
  throw new FlowError(
    'FLOW_EXPRESSION_FAILED',
    `\`when\` must be true or false; it is ${holds === null ? 'null' : typeof holds}`,
    {
      hint: 'Compare with something: `x != null`, `size(xs) > 0`.',
    },
  );
}

function execute(step: PreparedNode, run: NodeRun, defaultInput: () => unknown): NodeEnd | Promise<NodeEnd> {
  const { hooks, scope, prepared } = run;
  const writes: DoneWrite[] = [];
  const attempt = new Attempt(hooks.slot, hooks.graceMs, {
    where: () => whereOf(run),
    stopError: (status) => stopError(run, status),
  });
  const context = new NodeContext(step, run, attempt, writes);
  const runtime = prepared.environment.getRuntime(step.node.type);
  const call = (access: Access): (() => unknown) => {
    const input = inputOf(step, run, defaultInput, access);
    const config = step.settings(scope.lookup(() => input));
    return () => runtime.execute({ config, input, context });
  };
  const access = accessOf(step, run, runtime);
  const ready = typeof access === 'function' ? async () => call(await access())() : call(access);
  const work = run.fault === undefined ? ready : meet(run.fault, ready, run, attempt);
  const end = hooks.enter(attempt, () => attempt.run(work), step.isUserCode);
  const isLent = step.isUserCode && access !== 'own';
  return end instanceof Promise ? end.then((late) => settle(run, late, writes, isLent)) : settle(run, end, writes, isLent);
}

function meet(fault: Fault, work: () => unknown, run: NodeRun, attempt: Attempt): () => unknown {
  const { hooks, id, position } = run;
  const tell = () =>
    hooks.outbox.addEvent({ type: 'fault', nodeId: id, iteration: position, kind: fault.kind, attempt: attemptOf(run) });
  return () => {
    tell();
    return meetFault(fault, work, { nodeId: id, attempt, exit: hooks.exit });
  };
}

function settle(run: NodeRun, end: AttemptEnd, writes: readonly DoneWrite[], isLent: boolean): NodeEnd {
  if (end.status === 'thrown') return failed(run, end.error, end.isPending);
  if (end.status !== 'returned') return failed(run, stopError(run, end.status, end.isPending), end.isPending);
  try {
    return finish(run, 'completed', end.value, writes, isLent);
  } catch (thrown) {
    return failed(run, thrown, false);
  }
}

/** @throws FlowError VALUE_NOT_CLONEABLE */
function finish(
  run: NodeRun,
  status: DoneNode['status'],
  output: unknown,
  writes: readonly DoneWrite[],
  isLent: boolean,
): NodeEnd {
  const { hooks, scope, message, id } = run;
  const kept = message.keep.includes(id) ? encodeKept(output, run) : undefined;
  const durationMs = hooks.slot.elapsedMs;
  scope.record(id, { output: output ?? null, status, error: null, durationMs });
  const node = { id, status, output: kept, startedAt: hooks.slot.startedAt, durationMs, writes };
  return { status: 'done', output, node, isLent };
}

/** A buffer that no other task reads goes to the main thread; what else is large goes where many can read it. */
function encodeKept(output: unknown, run: NodeRun): Encoded | Part {
  const isBinary = ArrayBuffer.isView(output) || output instanceof ArrayBuffer;
  if (!isBinary || run.message.travels) return toPart(output) ?? encodeShallow(output);
  return handsOver(run) ? encodeMoved(output) : encode(output);
}

function handsOver({ prepared, id }: NodeRun): boolean {
  const { node } = prepared.node(id);
  const runtime = prepared.environment.getRuntime(node.type);
  return runtime instanceof ModuleRuntime && prepared.promisesOf(node, runtime)?.handsOver === true;
}

function failed(run: NodeRun, thrown: unknown, isPending: boolean): NodeEnd {
  return { status: 'failed', error: nodeError(thrown, whereOf(run)), isPending };
}

function stopError(run: NodeRun, status: 'timed-out' | 'cancelled', isWaiting = false): FlowError {
  if (status === 'cancelled') return cancelledError(whereOf(run));
  const { isLoading } = run.hooks.slot;
  const error = timeoutError(run.prepared.node(run.id).node, attemptOf(run), { isWaiting, isLoading });
  return injectedError(run.fault, error, run.id) ?? error;
}

function whereOf(run: NodeRun) {
  return { nodeId: run.id, attempt: attemptOf(run), source: run.prepared.workNode(run.id)?.at };
}
