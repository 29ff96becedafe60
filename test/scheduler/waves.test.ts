import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { buildDag, planWaves } from '#src/scheduler/index.js';
import { acyclicVertices, edgesOf } from './arbitrary.js';
import { numberedVertices, verticesOf } from './vertices.js';

const many = 100_000;

describe('planWaves', () => {
  it.each([
    ['nothing', {}, []],
    ['one node', { a: '' }, [['a']]],
    ['independent nodes', { b: '', a: '' }, [['b', 'a']]],
    ['a chain', { a: '', b: 'a', c: 'b' }, [['a'], ['b'], ['c']]],
    ['a chain declared backwards', { c: 'b', b: 'a', a: '' }, [['a'], ['b'], ['c']]],
    ['a diamond', { a: '', b: 'a', c: 'a', d: 'b c' }, [['a'], ['b', 'c'], ['d']]],
    ['a short and a long way', { a: '', b: 'a', c: 'b', d: 'a c' }, [['a'], ['b'], ['c'], ['d']]],
    ['a late root', { a: '', b: 'a', c: '' }, [['a', 'c'], ['b']]],
    [
      'declared order inside a wave',
      { z: '', y: 'z', a: '', x: 'a', b: 'z' },
      [
        ['z', 'a'],
        ['y', 'x', 'b'],
      ],
    ],
  ])('layers %s', (_, graph, expected) => {
    const vertices = verticesOf(graph);
    const { members } = planWaves(buildDag(vertices));

    expect(members.map((wave) => wave.map((index) => vertices[index]?.id))).toEqual(expected);
  });

  it('puts every vertex one wave after the latest of what it waits for', () => {
    fc.assert(
      fc.property(acyclicVertices, (vertices) => {
        const dag = buildDag(vertices);
        const { waveOf, members } = planWaves(dag);
        const edges = edgesOf(dag);
        for (const [index, wave] of waveOf.entries()) {
          const before = edges.filter(([, to]) => to === index).map(([from]) => waveOf[from] ?? Number.NaN);
          expect(wave).toBe(Math.max(-1, ...before) + 1);
        }
        expect(members.flat().toSorted((a, b) => a - b)).toEqual([...waveOf.keys()]);
        for (const [wave, indices] of members.entries()) {
          expect(indices.length).toBeGreaterThan(0);
          expect(indices).toEqual([...waveOf.keys()].filter((index) => waveOf[index] === wave));
        }
      }),
    );
  });

  it('layers a chain of 100,000', () => {
    const { members } = planWaves(buildDag(numberedVertices(many, (index) => (index === 0 ? [] : [index - 1]))));

    expect(members).toHaveLength(many);
    expect(members.at(-1)).toEqual([many - 1]);
  });
});

describe('a cycle', () => {
  it.each([
    ['of one', { a: 'a' }, 'a -> a', 'a (1:3) reads a'],
    ['of two', { a: 'b', b: 'after:a' }, 'a -> b -> a', 'a (1:3) reads b, b (2:3) comes after a'],
    [
      'of three',
      { a: 'b', b: 'variable:c', c: 'a' },
      'a -> b -> c -> a',
      'a (1:3) reads b, b (2:3) needs a variable from c, c (3:3) reads a',
    ],
    ['behind other nodes', { start: '', z: 'b start', b: 'c', c: 'b', end: 'z' }, 'b -> c -> b', 'b (3:3) reads c'],
    ['started at its first declared node', { x: 'c', a: 'b', b: 'c', c: 'a' }, 'a -> b -> c -> a', 'a (2:3) reads b'],
  ])('%s is refused with its path', (_, graph, path, steps) => {
    const error = cycleOf(verticesOf(graph));

    expect(error.code).toBe('FLOW_CYCLE');
    expect(error.message).toContain(`: ${path}; `);
    expect(error.message).toContain(steps);
    expect(error.fields).toEqual({ cycle: path.split(' -> ') });
    expect(error.nodeId).toBe(path.split(' ')[0]);
    expect(error.source).toEqual(verticesOf(graph).find(({ id }) => id === error.nodeId)?.at);
    expect(error.hint).toContain('Remove one');
  });

  it('of 100,000 is named in full in its fields and cut in its message', () => {
    const error = cycleOf(numberedVertices(many, (index) => [(index + 1) % many]));

    expect(error.fields['cycle']).toHaveLength(many + 1);
    expect(error.message).toContain('n0 -> n1 -> ');
    expect(error.message).toContain(`n${many - 1} -> n0; `);
    expect(error.message.length).toBeLessThan(2_000);
  });

  it('is found in every graph to which a closing edge is added', () => {
    fc.assert(
      fc.property(acyclicVertices, fc.nat(), (vertices, pick) => {
        const edges = edgesOf(buildDag(vertices));
        fc.pre(edges.length > 0);
        const [from, to] = edges[pick % edges.length] ?? [0, 0];
        const closed = vertices.map((vertex, index) =>
          index === from
            ? { ...vertex, dependsOn: [...vertex.dependsOn, { id: vertices[to]?.id ?? '', reason: 'data' as const }] }
            : vertex,
        );
        const cycle = cycleOf(closed).fields['cycle'] as readonly string[];
        expect(cycle.at(-1)).toBe(cycle[0]);
        expect(new Set(cycle).size).toBe(cycle.length - 1);
        for (const [step, id] of cycle.slice(0, -1).entries()) {
          const dependsOn = closed.find((vertex) => vertex.id === id)?.dependsOn.map((dependency) => dependency.id);
          expect(dependsOn).toContain(cycle[step + 1]);
        }
      }),
    );
  });
});

function cycleOf(vertices: Parameters<typeof buildDag>[0]): FlowError {
  const dag = buildDag(vertices);
  try {
    planWaves(dag);
  } catch (error) {
    if (error instanceof FlowError) return error;
  }
  throw new Error('Expected a FlowError');
}
