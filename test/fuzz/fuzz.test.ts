import { describe, expect, test } from 'vitest';
import { fuzz } from './fuzz.js';

const minutes = 60_000;

describe('the fuzzer', () => {
  test('notices what throws, rejects unseen, exits and hangs, and goes on behind it', { timeout: 2 * minutes }, async () => {
    const { cases, breaches, endings } = await fuzz({ runs: 6, seed: 0, jobs: 1, only: 'sabotage', silenceMs: 2_000 });
    expect(breaches.map(({ seed, why }) => [seed, why.split('\n')[0]])).toEqual([
      [1, 'Error: thrown on purpose'],
      [2, 'unhandled: Error: rejected on purpose'],
      [3, 'the process ended in the middle of it'],
      [4, 'hangs: no sign of life for 2000 ms'],
    ]);
    expect(endings).toEqual({ sabotage: { fine: 3 } });
    expect(cases).toBe(6);
  });
});

describe('whatever a flow, an expression, data or a command line holds', () => {
  const runs = Number(process.env['FLOWSCRIPT_FUZZ_RUNS'] ?? 3_000);

  test('every case ends in time, in an answer or a clear error', { timeout: 10 * minutes }, async () => {
    const { cases, breaches, endings } = await fuzz({ runs, seed: 1, jobs: 2 });
    expect(breaches).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(runs);
    // Were all flows refused, nothing beyond the reader would have been tried.
    const { xml = {}, run = {}, expressions = {} } = endings;
    expect([xml['accepted'], run['completed'], expressions['value']].map((count) => (count ?? 0) > runs / 100)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
