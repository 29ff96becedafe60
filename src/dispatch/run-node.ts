import { FlowError } from '../errors/flow-error.js';
import type { TransformPromises } from '../runtimes/modules/pick-transform.js';
import { ModuleRuntime } from '../runtimes/transform/module.js';
import type { NodeExecutionContext, NodeRuntime } from '../runtimes/types.js';
import { decode, type Encoded, encode, encodeMoved, encodeShallow } from '../transport/encode.js';
import { type Part, toPart } from '../transport/part.js';
import type { PartViews } from '../transport/part-views.js';
import type { WorkNode } from '../types/ast.js';
import { Attempt, type AttemptEnd } from './attempt.js';
import type { DoneNode, DoneWrite } from './done-node.js';
import { injectedError, meetFault, timeoutOf } from './faults.js';
import { loadLimitMs } from './load-limit.js';
import type { PackedTask } from './messages.js';
import { cancelledError, nodeError, timeoutError } from './node-error.js';
import { copyOf, type PreparedNode, type PreparedPackage } from './prepared-package.js';
import type { IterationScope } from './scope.js';
import type { TaskHooks } from './task-hooks.js';
import type { Fault } from './types.js';

/** One node of one iteration. */
export interface NodeRun {
  readonly prepared: PreparedPackage;
  readonly message: PackedTask;
  /** Large values that the message took along. */
  readonly held: readonly Part[];
  readonly hooks: TaskHooks;
  readonly scope: IterationScope;
  /** Position of the iteration in the task message. */
  readonly position: number;
  /** Position of the node in the segment. */
  readonly ordinal: number;
  readonly id: string;
  readonly previous: DoneOutput | undefined;
  /** What is to go wrong on purpose. */
  readonly fault: Fault | undefined;
}

/** A node that is done, and what it gave. */
export interface DoneOutput {
  readonly node: DoneNode;
  readonly output: unknown;
  /** The node was lent values that others read too, and may have given them back. */
  readonly isLent: boolean;
}

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
  const attempt = new Attempt(hooks.slot, hooks.graceMs, (status) => stopError(run, status));
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

/** How a node gets what others read too: as it is, frozen, frozen but for its bytes, or a copy of its own, the bytes of which may lie in shared memory. */
type Access = 'shared' | 'frozen' | 'in-place' | 'own' | 'own-shared';

/** Found by loading the module, where that has yet to be done; where all values are small, its promise not to write makes no difference. */
function accessOf({ node, isUserCode }: PreparedNode, run: NodeRun, runtime: NodeRuntime): Access | (() => Promise<Access>) {
  if (!isUserCode) return 'shared';
  const isSmall = run.held.length === 0;
  if (!(runtime instanceof ModuleRuntime) || (isSmall && node.timeoutMs === undefined)) return 'own';
  const known = run.prepared.promisesOf(node, runtime);
  const toAccess = (promises: TransformPromises): Access => (isSmall ? 'own' : accessOfModule(promises, run));
  return known === undefined ? () => loadModule(node, run, runtime).then(toAccess) : toAccess(known);
}

/** The timeout is for the function: to load its module, on each thread anew, does not count. */
async function loadModule(
  node: WorkNode,
  { hooks, prepared, fault }: NodeRun,
  runtime: ModuleRuntime,
): Promise<TransformPromises> {
  const timeoutMs = timeoutOf(node.timeoutMs, fault);
  if (timeoutMs !== undefined) hooks.slot.beginLoading(loadLimitMs(timeoutMs));
  const promises = await prepared.loadPromises(node, runtime);
  if (timeoutMs !== undefined) hooks.slot.endLoading(timeoutMs);
  return promises;
}

function accessOfModule({ readonly, handsOver }: TransformPromises, { message, id }: NodeRun): Access {
  if (readonly) return handsOver ? 'in-place' : 'frozen';
  // Shared memory is filled with zeros first, which takes as long as the copy: it pays only where others read the output.
  return handsOver && message.travels && message.keep.includes(id) ? 'own-shared' : 'own';
}

/** User code gets a copy, unless what it gets is nobody else's any more. */
function inputOf(step: PreparedNode, run: NodeRun, defaultInput: () => unknown, access: Access): unknown {
  const { scope, previous, prepared } = run;
  const give = (value: unknown) => giveOwn(prepared.views, value, access);
  if (step.input !== undefined) {
    const value = step.input.evaluate(scope.lookup(defaultInput));
    return access === 'shared' ? value : give(value);
  }
  if (access === 'shared') return defaultInput();
  if (previous === undefined) {
    const isRead = access === 'frozen' || access === 'in-place';
    return isRead && scope.isInputHeld ? give(scope.iteration.input) : scope.ownInput(access === 'own-shared');
  }
  return mayHandOver(run, previous) ? previous.output : give(previous.output);
}

function giveOwn(views: PartViews, value: unknown, access: Access): unknown {
  if (access === 'frozen') return views.lend(value);
  if (access === 'in-place') return views.lendInPlace(value);
  return access === 'own-shared' ? views.copyShared(value) : views.copy(value);
}

/** The producer built its output itself, and no later node of the segment names it. */
function mayHandOver({ prepared, message, ordinal }: NodeRun, { node: { id: producer }, isLent }: DoneOutput): boolean {
  if (isLent) return false;
  if (!prepared.node(producer).givesOwnOutput) return false;
  return message.nodeIds.slice(ordinal + 1).every((id) => {
    const { text } = prepared.node(id);
    return !text.includes(producer) && !text.includes('nodes');
  });
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

function attemptOf({ ordinal, scope }: NodeRun): number {
  return ordinal === 0 ? scope.attempt : 1;
}

/** A class, since an object literal with getters takes as long to build as a small node takes to run. */
class NodeContext implements NodeExecutionContext {
  readonly nodeId: string;
  readonly runId: string;
  readonly flowDirectory: string;
  readonly config: NodeExecutionContext['config'];
  readonly secrets: NodeExecutionContext['secrets'];
  readonly index: number | undefined;
  readonly branch: number | undefined;
  readonly attempt: number;
  readonly isCancelled: NodeExecutionContext['isCancelled'];
  readonly log: NodeExecutionContext['log'];
  readonly progress: NodeExecutionContext['progress'];
  readonly setVariable: NodeExecutionContext['setVariable'];
  readonly #step: PreparedNode;
  readonly #scope: IterationScope;
  readonly #attempt: Attempt;
  #item: { readonly own: unknown } | undefined;

  constructor(step: PreparedNode, run: NodeRun, attempt: Attempt, writes: DoneWrite[]) {
    const { scope, hooks, position, id } = run;
    const { runId, flowDirectory, config, secrets } = run.prepared.run;
    this.#step = step;
    this.#scope = scope;
    this.#attempt = attempt;
    this.nodeId = id;
    this.runId = runId;
    this.flowDirectory = flowDirectory;
    this.config = config;
    this.secrets = secrets;
    this.index = scope.index;
    this.branch = scope.branch;
    this.attempt = attemptOf(run);
    this.isCancelled = () => attempt.poll();
    this.log = (message, level = 'info') =>
      hooks.outbox.addEvent({ type: 'log', nodeId: id, iteration: position, level, message: String(message) });
    this.progress = (done, total) =>
      hooks.outbox.addEvent({
        type: 'progress',
        nodeId: id,
        iteration: position,
        done: Number(done),
        total: total === undefined ? undefined : Number(total),
      });
    this.setVariable = (name, value, variableScope) => {
      const encoded = encodeShallow(value);
      scope.setVariable(name, encoded.transfers.length > 0 ? copyOf(value) : decode(encoded), variableScope);
      writes.push({ name, scope: variableScope, value: encoded });
    };
  }

  get item(): unknown {
    this.#item ??= { own: this.#step.isUserCode ? this.#scope.ownItem() : this.#scope.iteration.item };
    return this.#item.own;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }
}
