import { describe, expect, it } from 'vitest';
import { medianInterval, sideOf } from '../../bench/harness/median-interval.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);
const everywhere = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

describe('an interval of the median', () => {
  // Ranks of Conover's table A3, the binomial distribution for p = 0.5.
  it.each([
    [0, 0.99, everywhere],
    [7, 0.99, everywhere],
    [8, 0.99, { low: 1, high: 8 }],
    [6, 0.95, { low: 1, high: 6 }],
    [10, 0.95, { low: 2, high: 9 }],
    [20, 0.95, { low: 6, high: 15 }],
    [20, 0.99, { low: 4, high: 17 }],
    [54, 0.99, { low: 18, high: 37 }],
  ])('of %i values, with %f', (count, chance, expected) => {
    expect(medianInterval(upTo(count), chance)).toEqual(expected);
  });
});

describe('the side of a goal', () => {
  it.each([
    [{ low: 0.9, high: 1.05 }, 'below'],
    [{ low: 1.06, high: 1.2 }, 'above'],
    [{ low: 1.05, high: 1.06 }, 'undecided'],
    [everywhere, 'undecided'],
  ])('is told of %j', (interval, side) => {
    expect(sideOf(1.05, interval)).toBe(side);
  });
});
