import { neighbours } from './dag.js';
import { topologicalOrder } from './order.js';
import type { Dag, Waves } from './types.js';

/**
 * Layers a graph: roots in wave 0, every other vertex one wave after the latest of its dependencies. Linear time.
 * @throws FlowError FLOW_CYCLE, naming the path
 */
export function planWaves(dag: Dag): Waves {
  const waveOf = new Int32Array(dag.vertices.length);
  for (const index of topologicalOrder(dag)) {
    const following = (waveOf[index] ?? 0) + 1;
    for (const dependent of neighbours(dag.dependents, index)) {
      waveOf[dependent] = Math.max(waveOf[dependent] ?? 0, following);
    }
  }
  return { waveOf, members: groupByWave(waveOf) };
}

function groupByWave(waveOf: Int32Array): readonly (readonly number[])[] {
  const members: number[][] = [];
  for (const [index, wave] of waveOf.entries()) {
    // Roots of later waves may be declared first, so waves are not met in order.
    while (members.length <= wave) members.push([]);
    members[wave]?.push(index);
  }
  return members;
}
