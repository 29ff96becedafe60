import { neighbours } from './dag.js';
import { topologicalOrder } from './order.js';
import type { Dag } from './types.js';

/**
 * How many tasks can go on at one time, at most, where vertex `i` is `widths[i]` of them. What waits for one another forms chains, of
 * which one vertex goes on at a time. The first chains that are found are taken, in linear time, so that the graph may be narrower.
 * @throws FlowError FLOW_CYCLE
 */
export function planWidth(dag: Dag, widths: readonly number[]): number {
  const chainOf = new Int32Array(widths.length);
  const isLast = new Uint8Array(widths.length);
  const widest: number[] = [];
  for (const index of topologicalOrder(dag)) {
    const before = neighbours(dag.dependencies, index).find((each) => isLast[each] === 1);
    const chain = (before === undefined ? undefined : chainOf[before]) ?? widest.length;
    if (before !== undefined) isLast[before] = 0;
    isLast[index] = 1;
    chainOf[index] = chain;
    widest[chain] = Math.max(widest[chain] ?? 0, widths[index] ?? 1);
  }
  return widest.reduce((sum, width) => sum + width, 0);
}
