import type { Dependency, Vertex } from '#src/scheduler/index.js';

/** Vertices from `id: 'dep dep'`, each on its own line of `flow.xml`. Prefix a dependency with `after:` or `variable:` for another reason. */
export function verticesOf(
  graph: Readonly<Record<string, string>>,
  costs: Readonly<Record<string, number>> = {},
): readonly Vertex[] {
  return Object.entries(graph).map(([id, dependencies], index) => ({
    id,
    label: 'transform:map',
    costMs: costs[id],
    at: { file: 'flow.xml', line: index + 1, column: 3 },
    dependsOn: dependencies.split(' ').filter(Boolean).map(parseDependency),
    reads: [],
  }));
}

function parseDependency(text: string): Dependency {
  const [, reason = 'data', id = ''] = /^(?:(data|after|variable):)?(.*)$/.exec(text) ?? [];
  return { id, reason: reason as Dependency['reason'] };
}

/** `count` vertices named `n0`, `n1` …, waiting for the given positions. */
export function numberedVertices(count: number, dependenciesOf: (index: number) => readonly number[]): readonly Vertex[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    label: 'transform:map',
    costMs: undefined,
    at: { file: 'flow.xml', line: index + 1, column: 3 },
    dependsOn: dependenciesOf(index).map((target): Dependency => ({ id: `n${target}`, reason: 'data' })),
    reads: [],
  }));
}
