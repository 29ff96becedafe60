import fc from 'fast-check';
import type { Dag, Vertex } from '#src/scheduler/index.js';
import { numberedVertices } from './vertices.js';

/** Acyclic vertices in a shuffled declared order, with repeated edges and costs from 0 on. */
export const acyclicVertices: fc.Arbitrary<readonly Vertex[]> = fc
  .array(fc.record({ edges: fc.array(fc.nat(), { maxLength: 4 }), costMs: fc.option(fc.nat(50), { nil: undefined }) }), {
    maxLength: 30,
  })
  .chain((rows) => {
    const vertices = numberedVertices(rows.length, (index) =>
      index === 0 ? [] : (rows[index]?.edges ?? []).map((edge) => edge % index),
    ).map((vertex, index) => ({ ...vertex, costMs: rows[index]?.costMs }));
    return fc.shuffledSubarray(vertices, { minLength: vertices.length });
  });

/** Every edge as [what is waited for, what waits], by position. */
export function edgesOf({ vertices, dependencies: { offsets, targets } }: Dag): readonly (readonly [number, number])[] {
  return vertices.flatMap((_, index) =>
    Array.from(targets.subarray(offsets[index], offsets[index + 1]), (from) => [from, index] as const),
  );
}
