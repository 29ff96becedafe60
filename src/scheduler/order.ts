import { cycleError } from './cycle.js';
import { countDependencies, neighbours, release } from './dag.js';
import type { Dag } from './types.js';

/**
 * Every vertex after all it depends on (Kahn), in linear time.
 * @throws FlowError FLOW_CYCLE
 */
export function topologicalOrder(dag: Dag): Int32Array {
  const waiting = countDependencies(dag);
  const order = new Int32Array(waiting.length);
  let found = 0;
  for (const [index, count] of waiting.entries()) {
    if (count === 0) order[found++] = index;
  }
  for (let next = 0; next < found; next++) {
    for (const dependent of neighbours(dag.dependents, order[next] ?? 0)) {
      if (release(waiting, dependent)) order[found++] = dependent;
    }
  }
  if (found < order.length) throw cycleError(dag, waiting);
  return order;
}
