import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { buildDag, countDependencies, neighbours } from '#src/scheduler/dag.js';
import { acyclicVertices } from './arbitrary.js';
import { verticesOf } from './vertices.js';

describe('buildDag', () => {
  it('gives edges both ways as positions', () => {
    const dag = buildDag(verticesOf({ a: '', b: 'a', c: 'a b', d: 'c a' }));

    expect([0, 1, 2, 3].map((index) => [...neighbours(dag.dependencies, index)])).toEqual([[], [0], [0, 1], [2, 0]]);
    expect([0, 1, 2, 3].map((index) => [...neighbours(dag.dependents, index)])).toEqual([[1, 2, 3], [2], [3], []]);
  });

  it('counts an edge once, whatever its reasons', () => {
    const dag = buildDag(verticesOf({ a: '', b: '', c: 'a b after:a variable:a b' }));

    expect([...neighbours(dag.dependencies, 2)]).toEqual([0, 1]);
    expect([...countDependencies(dag)]).toEqual([0, 0, 2]);
  });

  it('finds vertices declared later', () => {
    const dag = buildDag(verticesOf({ a: 'b', b: '' }));

    expect([...neighbours(dag.dependencies, 0)]).toEqual([1]);
  });

  it('takes ids that are names of object members', () => {
    const dag = buildDag(verticesOf({ constructor: '', toString: 'constructor' }));

    expect([...neighbours(dag.dependencies, 1)]).toEqual([0]);
  });

  it('is empty for no vertices', () => {
    expect(countDependencies(buildDag([]))).toHaveLength(0);
  });

  it.each([
    [
      'an unknown dependency',
      verticesOf({ fetch: '', rank: 'fetsh' }),
      {
        code: 'FLOW_REFERENCE_UNKNOWN',
        nodeId: 'rank',
        line: 2,
        message: '"rank" waits for "fetsh"',
        hint: 'Did you mean "fetch"?',
      },
    ],
    [
      'an id declared twice',
      [...verticesOf({ a: '', b: '' }), ...verticesOf({ a: '' })],
      { code: 'FLOW_ID_DUPLICATE', nodeId: 'a', line: 1, message: '"a" is declared twice', hint: 'Rename' },
    ],
  ])('refuses %s', (_, vertices, expected) => {
    const error = catchFlowError(() => buildDag(vertices));

    expect(error).toMatchObject({
      code: expected.code,
      nodeId: expected.nodeId,
      source: { file: 'flow.xml', line: expected.line },
    });
    expect(error.message).toContain(expected.message);
    expect(error.hint).toContain(expected.hint);
  });

  it('mirrors every edge exactly once', () => {
    fc.assert(
      fc.property(acyclicVertices, (vertices) => {
        const dag = buildDag(vertices);
        const forward = vertices.flatMap((_, index) =>
          [...neighbours(dag.dependencies, index)].map((from) => `${from}>${index}`),
        );
        const backward = vertices.flatMap((_, index) => [...neighbours(dag.dependents, index)].map((to) => `${index}>${to}`));
        expect(new Set(forward).size).toBe(forward.length);
        expect(backward.toSorted()).toEqual(forward.toSorted());
        expect(new Set(forward)).toEqual(
          new Set(vertices.flatMap((vertex, index) => namedEdges(vertices, vertex.dependsOn, index))),
        );
      }),
    );
  });
});

function namedEdges(vertices: readonly { id: string }[], dependsOn: readonly { id: string }[], index: number): readonly string[] {
  return dependsOn.map(({ id }) => `${vertices.findIndex((vertex) => vertex.id === id)}>${index}`);
}

function catchFlowError(act: () => unknown): FlowError {
  try {
    act();
  } catch (error) {
    if (error instanceof FlowError) return error;
  }
  throw new Error('Expected a FlowError');
}
