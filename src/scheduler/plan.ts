import { buildDag } from './dag.js';
import { criticalPath, remainingPath } from './priority.js';
import type { Plan, Vertex } from './types.js';
import { planWaves } from './waves.js';

/**
 * Plans a flow's vertices, given in declared order. Time linear in vertices and dependencies.
 * @throws FlowError FLOW_CYCLE, FLOW_ID_DUPLICATE, FLOW_REFERENCE_UNKNOWN
 * @throws TypeError for a `costMs` that is negative or no finite number
 */
export function createPlan(vertices: readonly Vertex[]): Plan {
  const dag = buildDag(vertices);
  const layers = planWaves(dag);
  const priorities = remainingPath(dag);
  const idOf = (index: number): string => vertices[index]?.id ?? '';
  return {
    vertices,
    dag,
    waves: layers.members.map((members) => members.map(idOf)),
    layers,
    priorities,
    criticalPath: criticalPath(dag, priorities).map(idOf),
  };
}
