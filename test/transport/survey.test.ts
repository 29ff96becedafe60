import { describe, expect, test } from 'vitest';
import { isLarge } from '#src/transport/survey.js';

/** Each refers to itself in two ways, so that a walk that only counts levels takes 2^1000 steps. */
const circles: readonly (readonly [string, () => unknown])[] = [
  [
    'a map that is its own key and value',
    () => {
      const map = new Map<unknown, unknown>();
      return map.set(map, [map]);
    },
  ],
  [
    'an object',
    () => {
      const value: Record<string, unknown> = {};
      return Object.assign(value, { a: value, b: value });
    },
  ],
  [
    'a list',
    () => {
      const list: unknown[] = [];
      list.push(list, list);
      return list;
    },
  ],
  [
    'a set in a map',
    () => {
      const map = new Map<unknown, unknown>();
      const set = new Set<unknown>([map]);
      return map.set(set, set).set('b', map);
    },
  ],
];

describe('surveying', () => {
  test.each(circles)('%s that refers to itself in two ways is surveyed in no time', (_name, make) => {
    expect(typeof isLarge(make(), 16 * 1024)).toBe('boolean');
    expect(typeof isLarge(make(), 2 ** 30)).toBe('boolean');
  });
});
