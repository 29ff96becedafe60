import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDag, type Dag, planWidth } from '#src/scheduler/index.js';
import { acyclicVertices, edgesOf } from './arbitrary.js';
import { numberedVertices, verticesOf } from './vertices.js';

const unlimited = Number.POSITIVE_INFINITY;

describe('planWidth', () => {
  it.each([
    ['nothing', {}, [], 0],
    ['a chain', { a: '', b: 'a', c: 'b' }, [1, 1, 1], 1],
    ['a chain declared backwards', { c: 'b', b: 'a', a: '' }, [1, 1, 1], 1],
    ['independent vertices', { a: '', b: '', c: '' }, [1, 1, 1], 3],
    ['a diamond', { a: '', b: 'a', c: 'a', d: 'b c' }, [1, 1, 1, 1], 2],
    [
      'forks and joins in turns',
      { a: '', b1: 'a', b2: 'a', b3: 'a', b4: 'a', c: 'b1 b2 b3 b4', d1: 'c', d2: 'c', d3: 'c', d4: 'c', e: 'd1 d2 d3 d4' },
      Array.from({ length: 11 }, () => 1),
      4,
    ],
    ['a join beside what starts late', { a: '', b: 'a', c: 'a', d: 'b c', e: '' }, [1, 1, 1, 1, 1], 3],
    ['a join that one passes by', { a: '', b: 'a', c: 'a', d: 'b c', e: 'a' }, [1, 1, 1, 1, 1], 3],
    ['two chains', { a: '', b: '', c: 'a', d: 'b' }, [1, 1, 1, 1], 2],
    ['a chain with a wide vertex', { a: '', b: 'a', c: 'b' }, [1, 7, 1], 7],
    ['a chain with an unlimited vertex', { a: '', b: 'a' }, [1, unlimited], unlimited],
    ['wide vertices side by side', { a: '', b: '' }, [3, 4], 7],
  ])('of %s', (_, graph, widths, expected) => {
    expect(planWidth(buildDag(verticesOf(graph)), widths)).toBe(expected);
  });

  it('is never less than what can be at work at one time', () => {
    fc.assert(
      fc.property(acyclicVertices, fc.infiniteStream(fc.nat(5)), fc.array(fc.nat()), (vertices, sizes, picks) => {
        const dag = buildDag(vertices);
        const widths = vertices.map(() => (sizes.next().value as number) + 1);
        const together = independent(dag, picks).map((index) => widths[index] ?? 0);
        expect(planWidth(dag, widths)).toBeGreaterThanOrEqual(together.reduce((sum, width) => sum + width, 0));
      }),
    );
  });

  it('is found for a chain of 100,000', () => {
    const dag = buildDag(numberedVertices(100_000, (index) => (index === 0 ? [] : [index - 1])));
    expect(
      planWidth(
        dag,
        dag.vertices.map(() => 1),
      ),
    ).toBe(1);
  });
});

/** Vertices none of which waits for another one, not even by way of others. */
function independent(dag: Dag, picks: readonly number[]): readonly number[] {
  const count = dag.vertices.length;
  const edges = edgesOf(dag);
  const after = (index: number): readonly number[] => edges.flatMap(([from, to]) => (from === index ? [to, ...after(to)] : []));
  const chosen: number[] = [];
  for (const pick of count === 0 ? [] : picks) {
    const index = pick % count;
    const isRelated = chosen.some((each) => each === index || after(each).includes(index) || after(index).includes(each));
    if (!isRelated) chosen.push(index);
  }
  return chosen;
}
