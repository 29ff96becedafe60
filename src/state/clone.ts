import type { ExecutionState } from '../types/state.js';
import { copyVariables, createNodeContext } from './create.js';

/**
 * The state a parallel branch works on: its own, with `$branch` set. Nothing done to it, however deep, is seen elsewhere.
 *
 * Without `nodeIds` every value is a structured clone. With them the branch gets just the results of those nodes (what
 * its body reads) and shares the values: the engine only replaces values and never changes them, and user code gets
 * copies of its own when a task is encoded.
 */
export function cloneStateForBranch(state: ExecutionState, index: number, nodeIds?: Iterable<string>): ExecutionState {
  const branch = nodeIds === undefined ? structuredCopy(state) : sharingCopy(state, nodeIds);
  branch.nodeContext.$branch = index;
  return branch;
}

/** The same for one iteration: like a branch, but `$branch` stays that of the branch around it. */
export function cloneStateForIteration(state: ExecutionState, nodeIds: Iterable<string>): ExecutionState {
  return sharingCopy(state, nodeIds);
}

function structuredCopy(state: ExecutionState): ExecutionState {
  const copy = sharingCopy(state, state.nodeResults.keys());
  const { nodeResults } = copy;
  return {
    ...copy,
    nodeContext: restore(copy.nodeContext, createNodeContext()),
    phaseContext: restore(copy.phaseContext, Object.create(null) as ExecutionState['phaseContext']),
    globalContext: restore(copy.globalContext, copyVariables()),
    config: structuredClone(copy.config),
    nodeResults: new Map([...nodeResults].map(([id, result]) => [id, { ...result, ...cloneOutput(result.output) }])),
  };
}

/** Clones lose the missing prototype. */
function restore<Container extends object>(container: Container, empty: Container): Container {
  return Object.assign(empty, structuredClone({ ...container }));
}

function cloneOutput(output: unknown): { output?: unknown } {
  return output === undefined ? {} : { output: structuredClone(output) };
}

function sharingCopy(state: ExecutionState, nodeIds: Iterable<string>): ExecutionState {
  const nodeContext = createNodeContext(state.nodeContext.$vars);
  if (state.nodeContext.$branch !== undefined) nodeContext.$branch = state.nodeContext.$branch;
  const copy: ExecutionState = {
    ...state,
    nodeContext,
    phaseContext: copyPhases(state.phaseContext),
    globalContext: copyVariables(state.globalContext),
    nodeResults: new Map(),
  };
  for (const id of nodeIds) {
    const result = state.nodeResults.get(id);
    if (!result) continue;
    copy.nodeResults.set(id, result);
    nodeContext[id] = state.nodeContext[id];
  }
  return copy;
}

function copyPhases(phases: ExecutionState['phaseContext']): ExecutionState['phaseContext'] {
  const copy = Object.create(null) as ExecutionState['phaseContext'];
  for (const [phase, variables] of Object.entries(phases)) copy[phase] = copyVariables(variables);
  return copy;
}
