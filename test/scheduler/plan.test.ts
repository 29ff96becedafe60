import { describe, expect, it } from 'vitest';
import { createPlan } from '#src/scheduler/index.js';
import { verticesOf } from './vertices.js';

describe('createPlan', () => {
  it('gives waves by id and by position, and priorities', () => {
    const vertices = verticesOf({ fetch: '', parse: 'fetch', log: 'after:fetch', save: 'parse' });
    const plan = createPlan(vertices);

    expect(plan.vertices).toBe(vertices);
    expect(plan.waves).toEqual([['fetch'], ['parse', 'log'], ['save']]);
    expect(plan.layers.members).toEqual([[0], [1, 2], [3]]);
    expect([...plan.layers.waveOf]).toEqual([0, 1, 1, 2]);
    expect([...plan.priorities]).toEqual([3, 2, 1, 1]);
    expect(plan.criticalPath).toEqual(['fetch', 'parse', 'save']);
  });

  it('refuses a cycle', () => {
    expect(() => createPlan(verticesOf({ a: 'b', b: 'a' }))).toThrow('a -> b -> a');
  });
});
