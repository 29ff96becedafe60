import { neighbours } from './dag.js';
import { topologicalOrder } from './order.js';
import type { Dag } from './types.js';

/**
 * How many tasks can go on at one time, at most, where vertex `i` is `widths[i]` of them. What waits for one another forms chains, of
 * which one vertex goes on at a time. The first chains that are found are taken, in linear time, so that the graph may be narrower;
 * anew behind each vertex that all others wait for or are waited for by, since nothing before goes on beside anything behind.
 * @throws FlowError FLOW_CYCLE
 */
export function planWidth(dag: Dag, widths: readonly number[]): number {
  const order = topologicalOrder(dag);
  const waists = findWaists(dag, order);
  const chainOf = new Int32Array(widths.length);
  const isLast = new Uint8Array(widths.length);
  let most = 0;
  let widest: number[] = [];
  for (const index of order) {
    const width = widths[index] ?? 1;
    if (waists[index] === 1) {
      most = Math.max(most, sum(widest), width);
      widest = [];
      continue;
    }
    const before = neighbours(dag.dependencies, index).find((each) => isLast[each] === 1);
    const chain = (before === undefined ? undefined : chainOf[before]) ?? widest.length;
    if (before !== undefined) isLast[before] = 0;
    isLast[index] = 1;
    chainOf[index] = chain;
    widest[chain] = Math.max(widest[chain] ?? 0, width);
  }
  return Math.max(most, sum(widest));
}

/**
 * 1 for each vertex that all others wait for or are waited for by: no dependency passes it by, nothing before it is waited for by
 * nobody, and nothing behind it waits for nobody.
 */
function findWaists({ dependencies, dependents }: Dag, order: Int32Array): Uint8Array {
  const waists = new Uint8Array(order.length);
  const positions = new Int32Array(order.length);
  for (const [position, index] of order.entries()) positions[index] = position;
  const lastSource = order.findLastIndex((index) => neighbours(dependencies, index).length === 0);
  let reach = 0;
  for (const [position, index] of order.entries()) {
    if (position >= lastSource && reach <= position) waists[index] = 1;
    const after = neighbours(dependents, index);
    if (after.length === 0) break;
    for (const each of after) reach = Math.max(reach, positions[each] ?? 0);
  }
  return waists;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}
