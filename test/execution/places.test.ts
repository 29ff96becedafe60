import { expect, it } from 'vitest';
import { flow, run } from './run-flow.js';

const items = `<foreach id="each" items="[1, 2, 3, 4, 5]"><transform:select id="one">item + 1</transform:select></foreach>`;

it('tells how many items of a foreach ran on the main thread, in mode auto alone', async () => {
  const lastOf = async (mode: 'auto' | 'threads' | 'async') => {
    const { events } = await run(flow(items), mode);
    return events.findLast(({ type }) => type === 'block.progress');
  };
  // Small data and nothing known of it: it begins here.
  const { onMain = 0, done } = (await lastOf('auto')) as { readonly onMain?: number; readonly done: number };
  expect(done).toBe(5);
  expect(onMain).toBeGreaterThanOrEqual(1);
  expect(onMain).toBeLessThanOrEqual(5);
  expect(await lastOf('threads')).not.toHaveProperty('onMain');
  expect(await lastOf('async')).not.toHaveProperty('onMain');
});
