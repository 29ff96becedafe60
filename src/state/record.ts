import type { ExecutionState, NodeResult } from '../types/state.js';

/** Enters a node's result; a node run again (a loop) replaces its earlier one. */
export function recordNodeResult(state: ExecutionState, nodeId: string, result: NodeResult): void {
  state.nodeResults.set(nodeId, result);
  state.nodeContext[nodeId] = { output: result.output };
}
