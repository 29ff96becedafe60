import { neighbours } from './dag.js';
import { topologicalOrder } from './order.js';
import type { Dag } from './types.js';

/**
 * Cost of the longest chain from each vertex to an end of the graph, the vertex's own cost included:
 * never less than any dependent's. Starting the highest first keeps the run short.
 * @param costs milliseconds per vertex, by position; a missing one counts as 1. @default each vertex's `costMs`
 * @throws FlowError FLOW_CYCLE
 * @throws TypeError for a cost that is negative or no finite number
 */
export function remainingPath(
  dag: Dag,
  costs: ArrayLike<number | undefined> = dag.vertices.map(({ costMs }) => costMs),
): Float64Array {
  const remaining = new Float64Array(dag.vertices.length);
  for (const index of topologicalOrder(dag).reverse()) {
    remaining[index] = costOf(costs, index) + longestAmong(remaining, neighbours(dag.dependents, index));
  }
  return remaining;
}

/**
 * Positions of the costliest chain, first to last; of equals the first declared.
 * @param remaining what `remainingPath` gave for this graph
 */
export function criticalPath(dag: Dag, remaining: Float64Array): readonly number[] {
  const path: number[] = [];
  let next = longestOf(remaining, remaining.keys());
  while (next !== undefined) {
    path.push(next);
    next = longestOf(remaining, neighbours(dag.dependents, next));
  }
  return path;
}

function costOf(costs: ArrayLike<number | undefined>, index: number): number {
  const cost = costs[index] ?? 1;
  if (Number.isFinite(cost) && cost >= 0) return cost;
  throw new TypeError(`Expected the cost of vertex ${index} to be a number of milliseconds from 0 on, got ${cost}`);
}

function longestAmong(remaining: Float64Array, indices: Iterable<number>): number {
  let longest = 0;
  for (const index of indices) longest = Math.max(longest, remaining[index] ?? 0);
  return longest;
}

function longestOf(remaining: Float64Array, indices: Iterable<number>): number | undefined {
  let best: number | undefined;
  for (const index of indices) {
    if (best === undefined || (remaining[index] ?? 0) > (remaining[best] ?? 0)) best = index;
  }
  return best;
}
