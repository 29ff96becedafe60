import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '#src/scheduler/index.js';
import { createPlan, Frontier } from '#src/scheduler/index.js';
import { acyclicVertices, edgesOf } from './arbitrary.js';
import { numberedVertices, verticesOf } from './vertices.js';

type Schedule = 'ready' | 'waves';

describe('Frontier', () => {
  it('gives the longest remaining path first, of equals the first declared', () => {
    const plan = createPlan(verticesOf({ short: '', tie1: '', tie2: '', long: '', end: 'long' }, { tie1: 5, tie2: 5, end: 50 }));

    expect(drain(frontierOf(plan, 'ready'), plan)).toEqual(['long', 'tie1', 'tie2', 'short']);
  });

  it('gives a vertex as soon as all it waits for is complete', () => {
    const plan = createPlan(verticesOf({ a: '', slow: '', b: 'a', c: 'b slow' }));
    const frontier = frontierOf(plan, 'ready');
    expect(drain(frontier, plan)).toEqual(['a', 'slow']);

    frontier.complete(0);
    expect(drain(frontier, plan)).toEqual(['b']);
    frontier.complete(2);
    expect(drain(frontier, plan)).toEqual([]);
    frontier.complete(1);
    expect(drain(frontier, plan)).toEqual(['c']);
    expect(frontier.done).toBe(false);
    frontier.complete(3);
    expect(frontier.done).toBe(true);
  });

  it('with waves, gives nothing of a wave before the last of the wave before is complete', () => {
    const plan = createPlan(verticesOf({ a: '', slow: '', b: 'a', c: 'b' }, { c: 9 }));
    const frontier = frontierOf(plan, 'waves');
    expect(drain(frontier, plan)).toEqual(['a', 'slow']);

    frontier.complete(0);
    expect(drain(frontier, plan)).toEqual([]);
    frontier.complete(1);
    expect(drain(frontier, plan)).toEqual(['b']);
    frontier.complete(2);
    expect(drain(frontier, plan)).toEqual(['c']);
    frontier.complete(3);
    expect(frontier.done).toBe(true);
  });

  it.each<Schedule>(['ready', 'waves'])('is done at once without vertices (%s)', (schedule) => {
    const frontier = frontierOf(createPlan([]), schedule);

    expect(frontier.done).toBe(true);
    expect(frontier.next()).toBeUndefined();
  });

  it('refuses the completion of a vertex it did not give, and a second one', () => {
    const plan = createPlan(verticesOf({ a: '', b: '' }));
    const frontier = frontierOf(plan, 'ready');
    const first = frontier.next() ?? -1;
    frontier.complete(first);

    expect(() => frontier.complete(first)).toThrow(TypeError);
    expect(() => frontier.complete(1)).toThrow('Expected a vertex that next() gave and that is not complete, got 1');
    expect(() => frontier.complete(7)).toThrow(TypeError);
  });

  it.each<Schedule>(['ready', 'waves'])(
    'gives each vertex once, after all it waits for, whatever completes first (%s)',
    (schedule) => {
      fc.assert(
        fc.property(acyclicVertices, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 4 }), (vertices, choices, width) => {
          const plan = createPlan(vertices);
          const frontier = frontierOf(plan, schedule);
          const history = simulate(frontier, choices, width);
          expect(history.started.toSorted((a, b) => a - b)).toEqual([...vertices.keys()]);
          expect(frontier.done).toBe(true);
          for (const [from, to] of orderedPairs(plan, schedule)) {
            expect(history.startedAt.get(to)).toBeGreaterThan(history.completedAt.get(from) ?? Number.POSITIVE_INFINITY);
          }
        }),
      );
    },
  );

  it('never leaves a ready vertex of higher priority behind', () => {
    fc.assert(
      fc.property(acyclicVertices, (vertices) => {
        const plan = createPlan(vertices);
        const frontier = frontierOf(plan, 'ready');
        while (!frontier.done) {
          const given = takeAll(frontier);
          const byPriority = given.toSorted((a, b) => (plan.priorities[b] ?? 0) - (plan.priorities[a] ?? 0) || a - b);
          expect(given).toEqual(byPriority);
          for (const index of given) frontier.complete(index);
        }
      }),
    );
  });

  it('carries 100,000 ready vertices', () => {
    const plan = createPlan(numberedVertices(100_000, () => []));
    const given = takeAll(frontierOf(plan, 'ready'));

    expect(given).toEqual([...given.keys()]);
    expect(given).toHaveLength(100_000);
  });
});

function frontierOf({ dag, priorities, layers }: Plan, schedule: Schedule): Frontier {
  return new Frontier(dag, priorities, schedule, layers);
}

function takeAll(frontier: Frontier): readonly number[] {
  const taken: number[] = [];
  for (let index = frontier.next(); index !== undefined; index = frontier.next()) taken.push(index);
  return taken;
}

function drain(frontier: Frontier, plan: Plan): readonly (string | undefined)[] {
  return takeAll(frontier).map((index) => plan.vertices[index]?.id);
}

interface History {
  readonly started: number[];
  readonly startedAt: Map<number, number>;
  readonly completedAt: Map<number, number>;
}

/** Keeps up to `width` vertices running and completes one chosen at random at a time. */
function simulate(frontier: Frontier, choices: Iterator<number>, width: number): History {
  const history: History = { started: [], startedAt: new Map(), completedAt: new Map() };
  const running: number[] = [];
  for (let tick = 0; !frontier.done; tick++) {
    const index = running.length < width ? frontier.next() : undefined;
    if (index !== undefined) {
      running.push(index);
      history.started.push(index);
      history.startedAt.set(index, tick);
      continue;
    }
    const [finished] = running.splice(choices.next().value % running.length, 1);
    if (finished === undefined) throw new Error('Nothing runs, nothing may start, and the frontier is not done');
    history.completedAt.set(finished, tick);
    frontier.complete(finished);
  }
  return history;
}

/** Pairs of which the first must be complete before the second starts. */
function orderedPairs({ dag, layers: { waveOf } }: Plan, schedule: Schedule): readonly (readonly [number, number])[] {
  if (schedule === 'ready') return edgesOf(dag);
  const indices = [...waveOf.keys()];
  return indices.flatMap((from) =>
    indices.filter((to) => (waveOf[to] ?? 0) === (waveOf[from] ?? 0) + 1).map((to) => [from, to] as const),
  );
}
