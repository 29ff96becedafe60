import { buildDag } from './dag.js';
import { criticalPath, remainingPath } from './priority.js';
import type { Cost, Dag, Plan, Vertex } from './types.js';
import { planWaves } from './waves.js';

/**
 * Plans a flow's vertices, given in declared order. Time linear in vertices and dependencies.
 * @throws FlowError FLOW_CYCLE, FLOW_ID_DUPLICATE, FLOW_REFERENCE_UNKNOWN
 * @throws TypeError for a `costMs` that is negative or no finite number
 */
export function createPlan(vertices: readonly Vertex[]): Plan {
  const dag = buildDag(vertices);
  const layers = planWaves(dag);
  const idOf = (index: number): string => vertices[index]?.id ?? '';
  return {
    vertices,
    dag,
    waves: layers.members.map((members) => members.map(idOf)),
    layers,
    ...prioritise(dag, new Map()),
  };
}

/** The same plan with other priorities, where the author gives no cost: by what vertices took when they last ran. */
export function withMeasured(plan: Plan, measured: ReadonlyMap<string, number>): Plan {
  return { ...plan, ...prioritise(plan.dag, measured) };
}

/** What a vertex is taken to cost, in ms, and who says so. */
export function costOf({ vertices, measured }: Plan, index: number): Cost {
  const { id = '', costMs } = vertices[index] ?? {};
  if (costMs !== undefined) return { ms: costMs, from: 'hint' };
  const ms = measured.get(id);
  return ms === undefined ? { ms: 1, from: 'default' } : { ms, from: 'measured' };
}

function prioritise(dag: Dag, measured: ReadonlyMap<string, number>): Pick<Plan, 'measured' | 'priorities' | 'criticalPath'> {
  const costs = dag.vertices.map(({ id, costMs }) => costMs ?? measured.get(id));
  const priorities = remainingPath(dag, costs);
  return { measured, priorities, criticalPath: criticalPath(dag, priorities).map((index) => dag.vertices[index]?.id ?? '') };
}
