import { expect, it } from 'vitest';
import { Window } from '#src/execution/window.js';
import { Semaphore } from '#src/scheduler/index.js';

/** How many are let in when a unit took so long. */
async function letIn(limit: number, ...took: readonly number[]): Promise<number> {
  const gate = new Semaphore(limit);
  const window = new Window(gate, limit);
  for (const ms of took) window.learn(ms);
  let entered = 0;
  for (let asked = 0; asked < 2_000; asked++) void gate.acquire().then(() => entered++);
  await new Promise((resolve) => setImmediate(resolve));
  return entered;
}

it.each([
  ['as many as may run before anything is known', 2, [], 2],
  ['a second of units for each thread', 2, [10], 200],
  ['at most 256 for each thread', 2, [0.001], 512],
  ['no fewer than may run where each takes longer than a second', 3, [5_000], 3],
  ['fewer again when they take longer', 1, [10, 190], 10],
] as const)('a block lets in %s', async (_what, limit, took, entered) => {
  expect(await letIn(limit, ...took)).toBe(entered);
});
