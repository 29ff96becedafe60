import { Snapshot } from '../transport/snapshot.js';
import type { ExecutionState, NodeResult } from '../types/state.js';

/**
 * Enters a node's result; a node run again (a loop) replaces its earlier one. Where its output is a snapshot, whoever
 * reads `output` gets the value, decoded then.
 */
export function recordNodeResult(state: ExecutionState, nodeId: string, result: NodeResult): void {
  const { output } = result;
  state.nodeResults.set(nodeId, output instanceof Snapshot ? lazyOutput(result, output) : result);
  state.nodeContext[nodeId] = output instanceof Snapshot ? lazyOutput({}, output) : { output };
}

/** The output of a result: as a snapshot where it is held as one. */
export function heldOutput(result: NodeResult): unknown {
  const get = Object.getOwnPropertyDescriptor(result, 'output')?.get;
  return get === undefined ? result.output : (outputs.get(get) ?? result.output);
}

/** By getter, so that results stay plain data that shows nothing of snapshots. */
const outputs = new WeakMap<() => unknown, Snapshot>();

function lazyOutput<Holder extends object>(holder: Holder, snapshot: Snapshot): Holder {
  const get = () => snapshot.value;
  outputs.set(get, snapshot);
  return Object.defineProperty({ ...holder }, 'output', { get, enumerable: true, configurable: true });
}
