import { describe, expect, it } from 'vitest';
import { retryDelay } from '#src/execution/retries.js';

const policy = {
  limit: 9,
  delayMs: 100,
  backoff: 'exponential',
  factor: 2,
  maxDelayMs: undefined,
  jitter: 'none',
  when: undefined,
  at: { file: 'f', line: 1, column: 1 },
} as const;
const waits = (changes: object, random = 1) => [1, 2, 3, 4].map((n) => retryDelay({ ...policy, ...changes }, n, () => random));

describe('retryDelay', () => {
  it.each([
    [{}, [100, 200, 400, 800]],
    [{ factor: 3 }, [100, 300, 900, 2700]],
    [{ backoff: 'linear' }, [100, 200, 300, 400]],
    [{ backoff: 'constant' }, [100, 100, 100, 100]],
    [{ maxDelayMs: 250 }, [100, 200, 250, 250]],
  ])('%o waits %o', (changes, expected) => {
    expect(waits(changes)).toEqual(expected);
  });

  it('draws full jitter from what is left after the cap', () => {
    expect(waits({ maxDelayMs: 250, jitter: 'full' }, 0.5)).toEqual([50, 100, 125, 125]);
    expect(waits({ jitter: 'full' }, 0)).toEqual([0, 0, 0, 0]);
  });
});
