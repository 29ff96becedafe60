import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { BatchSize, type Pace, paces } from '#src/execution/batch-size.js';

const lanes = 2;
const batchOf = (items: number, itemMs: number) =>
  Array.from({ length: items }, () => ({
    status: 'completed' as const,
    nodes: [{ id: 't', status: 'completed' as const, startedAt: 0, durationMs: itemMs, writes: [] }],
  }));

/** Sizes of the batches of so many items, each known before the next one is made. */
function sizes(size: BatchSize, items: number, itemMs: number): number[] {
  const found: number[] = [];
  for (let left = items; left > 0; ) {
    const count = size.next(left);
    found.push(count);
    left -= count;
    size.learn(batchOf(count, itemMs));
  }
  return found;
}

const cases: readonly [what: string, pace: Pace, expectedMs: number | undefined, itemMs: number, sizes: readonly number[]][] = [
  ['one at a time when an item is as long as a batch', paces.prompt, undefined, 8, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['a few milliseconds each where one item may decide', paces.prompt, undefined, 2, [1, 3, 2, 2, 1, 1, 1, 1]],
  ['more where nothing is decided before the end', paces.patient, undefined, 5, [1, 4, 4, 3]],
  ['as many where places are compared', paces.comparing, undefined, 5, [1, 4, 4, 3]],
  ['some from the start when earlier runs were short', paces.patient, 5, 5, [4, 4, 3, 1]],
  ['single ones from the start when earlier runs were long', paces.patient, 50, 50, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['soon single ones when these items are longer than earlier ones', paces.patient, 0.01, 50, [4, 1, 1, 1, 1, 1, 1, 1, 1]],
];

describe('BatchSize', () => {
  it.each(cases)('takes %s', (_what, pace, expectedMs, itemMs, expected) => {
    expect(sizes(new BatchSize('auto', lanes, pace, expectedMs), 12, itemMs)).toEqual(expected);
  });

  it.each([
    [0.02, 400],
    [0.2, 100],
    [1, 40],
  ])('makes batches that compare places of %d ms an item no larger than %d', (itemMs, most) => {
    expect(Math.max(...sizes(new BatchSize('auto', lanes, paces.comparing), 10_000, itemMs))).toBe(most);
  });

  it('counts what an item took that failed, and not what was cancelled before it began', () => {
    const error = new FlowError('NODE_FAILED', 'no answer');
    const failed = { status: 'failed', nodes: [], nodeId: 't', error, startedAt: 0, durationMs: 50 } as const;
    const unbegun = Array.from({ length: 20 }, () => ({ ...failed, durationMs: 0 }));
    const size = new BatchSize('auto', lanes, paces.patient);
    for (const outcomes of [[...batchOf(1, 0.1), failed], [failed, ...unbegun], unbegun]) size.learn(outcomes);
    expect(size.next(1_000)).toBe(1);
  });

  it('keeps to the number that the author gives', () => {
    expect(sizes(new BatchSize(5, lanes, paces.patient, 0.01), 12, 1)).toEqual([5, 5, 2]);
  });
});
