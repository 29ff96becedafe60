import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityQueue } from '#src/scheduler/priority-queue.js';

it('gives items by priority, then by arrival', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (priorities) => {
      const queue = new PriorityQueue<readonly [number, number]>();
      const items = priorities.map((priority, order) => [priority, order] as const);
      for (const item of items) queue.push(item, ...item);
      expect(queue.size).toBe(items.length);
      const given = items.map(() => queue.shift());
      expect(given).toEqual([...items].sort(([p, o], [q, r]) => q - p || o - r));
      expect(queue.shift()).toBeUndefined();
    }),
  );
});
