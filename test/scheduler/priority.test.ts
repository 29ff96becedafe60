import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDag, createPlan, remainingPath } from '#src/scheduler/index.js';
import { acyclicVertices, edgesOf } from './arbitrary.js';
import { numberedVertices, verticesOf } from './vertices.js';

describe('remainingPath', () => {
  it.each([
    ['counts vertices when nothing is known', { a: '', b: 'a', c: 'b', d: 'a' }, {}, [3, 2, 1, 1]],
    ['adds estimates', { a: '', b: 'a', c: 'a', d: 'b c' }, { a: 5, b: 100, c: 10, d: 2 }, [107, 102, 12, 2]],
    ['takes 1 for a missing estimate', { a: '', b: 'a' }, { b: 40 }, [41, 40]],
    ['takes an estimate of 0', { a: '', b: 'a' }, { a: 0, b: 0 }, [0, 0]],
  ])('%s', (_, graph, costs, expected) => {
    expect([...remainingPath(buildDag(verticesOf(graph, costs)))]).toEqual(expected);
  });

  it('takes measured costs by position before estimates', () => {
    const dag = buildDag(verticesOf({ a: '', b: 'a' }, { a: 5, b: 5 }));

    expect([...remainingPath(dag, [30, undefined])]).toEqual([31, 1]);
    expect([...remainingPath(dag, Float64Array.of(30, 20))]).toEqual([50, 20]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a cost of %s', (cost) => {
    expect(() => remainingPath(buildDag(verticesOf({ a: '' })), [cost])).toThrow(
      new TypeError(`Expected the cost of vertex 0 to be a number of milliseconds from 0 on, got ${cost}`),
    );
  });

  it('is own cost plus the longest of what follows, and so never grows along an edge', () => {
    fc.assert(
      fc.property(acyclicVertices, (vertices) => {
        const dag = buildDag(vertices);
        const remaining = remainingPath(dag);
        const edges = edgesOf(dag);
        for (const [index, { costMs }] of vertices.entries()) {
          const after = edges.filter(([from]) => from === index).map(([, to]) => remaining[to] ?? Number.NaN);
          expect(remaining[index]).toBe((costMs ?? 1) + Math.max(0, ...after));
        }
        for (const [from, to] of edges) expect(remaining[from]).toBeGreaterThanOrEqual(remaining[to] ?? Number.NaN);
      }),
    );
  });

  it('follows a chain of 100,000', () => {
    const dag = buildDag(numberedVertices(100_000, (index) => (index === 0 ? [] : [index - 1])));

    expect(remainingPath(dag)[0]).toBe(100_000);
  });
});

describe('the critical path', () => {
  it.each([
    ['nothing', {}, {}, []],
    ['the costliest chain', { a: '', b: 'a', c: 'a', d: 'b c', e: '' }, { b: 3, c: 90, e: 50 }, ['a', 'c', 'd']],
    ['the first declared of equals', { x: '', y: '', p: 'y', q: 'x' }, {}, ['x', 'q']],
  ])('is %s', (_, graph, costs, expected) => {
    expect(createPlan(verticesOf(graph, costs)).criticalPath).toEqual(expected);
  });

  it('costs what its first vertex has left', () => {
    fc.assert(
      fc.property(acyclicVertices, (vertices) => {
        const { criticalPath, priorities } = createPlan(vertices);
        const costs = criticalPath.map((id) => vertices.find((vertex) => vertex.id === id)?.costMs ?? 1);
        expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(Math.max(0, ...priorities));
      }),
    );
  });
});
