import { describe, expect, test } from 'vitest';
import { fuzz, planFuzz } from './fuzz.js';

const minutes = 60_000;

describe('the fuzzer', () => {
  test('notices what throws, rejects unseen, exits and hangs, and goes on behind it', { timeout: 2 * minutes }, async () => {
    const { cases, breaches, kinds } = await fuzz(planFuzz(6, 0, 'sabotage'), { jobs: 1, silenceMs: 4_000 });
    expect(breaches.map(({ seed, why }) => [seed, why.split('\n')[0]])).toEqual([
      [1, 'Error: thrown on purpose'],
      [2, 'unhandled: Error: rejected on purpose'],
      [3, 'the process ended in the middle of it'],
      [4, 'hangs: no sign of life for 4000 ms'],
    ]);
    expect(kinds['sabotage']?.endings).toEqual({ fine: 3 });
    expect(cases).toBe(6);
  });

  test('stops when its time is up, and another call goes on there', { timeout: 2 * minutes }, async () => {
    const none = await fuzz(planFuzz(4, 0, 'expressions'), { jobs: 1, seconds: 0 });
    expect(none).toMatchObject({ cases: 0, left: [{ kind: 'expressions', first: 0, count: 4 }] });
    const all = await fuzz(JSON.parse(JSON.stringify(none)), { jobs: 1 });
    expect(all).toMatchObject({ cases: 4, breaches: [], left: [] });
  });
});

describe('whatever a flow, an expression, data or a command line holds', () => {
  const runs = Number(process.env['FLOWSCRIPT_FUZZ_RUNS'] ?? 3_000);

  test('every case ends in time, in an answer or a clear error', { timeout: 10 * minutes }, async () => {
    const { cases, breaches, kinds } = await fuzz(planFuzz(runs, 1), { jobs: 2 });
    expect(breaches).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(runs);
    // Were all flows refused, nothing beyond the reader would have been tried.
    const { xml, run, expressions } = kinds;
    const wellEnded = [xml?.endings['accepted'], run?.endings['completed'], expressions?.endings['value']];
    expect(wellEnded.map((count) => (count ?? 0) > runs / 100)).toEqual([true, true, true]);
  });
});
