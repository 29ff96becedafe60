import { type Dependency, type Plan, type Vertex, vertexAt } from '../scheduler/index.js';

interface Edge {
  readonly from: Vertex;
  readonly reasons: readonly Dependency['reason'][];
}

/** What a vertex waits for, in the order it names them, each once with all reasons. */
export function edgesInto(plan: Plan, toIndex: number): readonly Edge[] {
  const reasons = reasonsById(vertexAt(plan, toIndex).dependsOn);
  const { offsets, targets } = plan.dag.dependencies;
  return Array.from(targets.subarray(offsets[toIndex], offsets[toIndex + 1]), (fromIndex) => {
    const from = vertexAt(plan, fromIndex);
    return { from, reasons: [...(reasons.get(from.id) ?? [])] };
  });
}

function reasonsById(dependsOn: readonly Dependency[]): ReadonlyMap<string, ReadonlySet<Dependency['reason']>> {
  const reasons = new Map<string, Set<Dependency['reason']>>();
  for (const { id, reason } of dependsOn) {
    const known = reasons.get(id);
    if (known === undefined) reasons.set(id, new Set([reason]));
    else known.add(reason);
  }
  return reasons;
}
