import type { TransformPromises } from '../runtimes/modules/pick-transform.js';
import { ModuleRuntime } from '../runtimes/transform/module.js';
import type { NodeRuntime } from '../runtimes/types.js';
import type { PartViews } from '../transport/part-views.js';
import type { WorkNode } from '../types/ast.js';
import type { DoneOutput } from './done-node.js';
import { timeoutOf } from './faults.js';
import { loadLimitMs } from './load-limit.js';
import type { NodeRun } from './node-run.js';
import type { PreparedNode } from './prepared-package.js';

/** How a node gets what others read too: as it is, frozen, frozen but for its bytes, or a copy of its own, the bytes of which may lie in shared memory. */
export type Access = 'shared' | 'frozen' | 'in-place' | 'own' | 'own-shared';

/** Found by loading the module, where that has yet to be done; where all values are small, its promise not to write makes no difference. */
export function accessOf(
  { node, isUserCode }: PreparedNode,
  run: NodeRun,
  runtime: NodeRuntime,
): Access | (() => Promise<Access>) {
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
export function inputOf(step: PreparedNode, run: NodeRun, defaultInput: () => unknown, access: Access): unknown {
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
