import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { failureOf, runNode } from '../run-node.js';

interface Bound {
  readonly item: never;
  readonly index: number;
  readonly acc: never;
}
const run = (type: string, input: unknown, config: object = {}) => runNode(`transform:${type}`, config, { input });
const numbers = fc.array(fc.oneof(fc.integer(), fc.double()));

describe('lists', () => {
  test('map', async () => {
    expect(await run('map', ['a', 'b'], { expression: ({ item, index }: Bound) => `${item}${index}` })).toEqual(['a0', 'b1']);
    expect(await run('map', new Int8Array([1, 2]), { expression: ({ item }: Bound) => item * 200 })).toEqual([200, 400]);
    expect(await run('map', [], { expression: () => 1 })).toEqual([]);
  });

  test('filter', async () => {
    expect(await run('filter', [1, 2, 3, 4], { expression: ({ item, index }: Bound) => item > 1 && index < 3 })).toEqual([2, 3]);
    expect(await run('filter', new Float32Array([1, 2]), { expression: ({ item }: Bound) => item > 1 })).toEqual([2]);
  });

  test('filter wants true or false', async () => {
    const error = await failureOf(() =>
      run('filter', [1, 0], { expression: ({ item, index }: Bound) => (index === 0 ? true : item) }),
    );
    expect([error.code, error.message]).toEqual([
      'FLOW_EXPRESSION_FAILED',
      '`expression` of transform:filter at index 1 must give true or false, got the number 0.',
    ]);
  });

  test('reduce', async () => {
    const sum = ({ acc, item, index }: Bound) => acc + item * index;
    expect(await run('reduce', [1, 2, 3], { expression: sum, initial: 10 })).toBe(18);
    expect(await run('reduce', [1, 2, 3], { expression: sum })).toBe(9);
    expect(await run('reduce', [], { expression: sum, initial: null })).toBe(null);
    expect((await failureOf(() => run('reduce', [], { expression: sum }))).code).toBe('NODE_INPUT_INVALID');
  });

  test.each(['map', 'filter', 'reduce', 'sort', 'group'])('%s says what came instead of a list', async (type) => {
    const error = await failureOf(() => run(type, { rows: [1] }, { expression: () => true, key: () => 1 }));
    expect([error.code, error.message]).toEqual([
      'NODE_INPUT_INVALID',
      `transform:${type} expects a list as input, got an object with rows.`,
    ]);
    expect(error.hint).toContain('Name the list inside it');
  });

  test.each(['sort', 'hash', 'decompress'])('%s without an input says how to give one', async (type) => {
    const error = await failureOf(() => run(type, null, { key: () => 1, algorithm: 'sha256', encoding: 'hex', format: 'gzip' }));
    expect(error).toMatchObject({ code: 'NODE_INPUT_INVALID', hint: expect.stringContaining('input="list.output"') });
  });

  test('a failing expression says at which element', async () => {
    const expression = ({ item }: Bound) => {
      if (item === 2) throw new FlowError('FLOW_EXPRESSION_FAILED', 'No such key: a', { hint: 'Ask has().' });
      return item;
    };
    const error = await failureOf(() => run('map', [1, 2], { expression }));
    expect(error).toMatchObject({
      code: 'FLOW_EXPRESSION_FAILED',
      message: 'No such key: a (at index 1 of the list)',
      hint: 'Ask has().',
      fields: { index: 1 },
    });
  });
});

describe('transform:sort', () => {
  test.each<[string, unknown[]]>([
    ['booleans', [false, true]],
    ['numbers', [-1, 9n, 10]],
    ['dates', [new Date(5), new Date(60)]],
    ['texts', ['B', 'b']],
    [
      'lists',
      [
        [1, 'b'],
        [1, null],
        [2, 'a'],
      ],
    ],
    ['objects', [{ a: 2 }, { b: 1 }]],
  ])('puts %s into their order, and last what has none', async (_kind, sorted) => {
    const mixed = [null, ...[...sorted].reverse(), Number.NaN, undefined];
    expect(await run('sort', mixed)).toEqual([...sorted, null, Number.NaN, undefined]);
    expect(await run('sort', mixed, { order: 'desc' })).toEqual([...sorted.reverse(), null, Number.NaN, undefined]);
  });

  test.each([
    [['75.90', 8.5, 100, '9.00'], 'index 0 and 1 of the list have no order: the text "75.90" and the number 8.5.'],
    [[null, 2, 1, 'x'.repeat(100)], `index 2 and 3 of the list have no order: the number 1 and the text "${'x'.repeat(40)}…".`],
    [
      [
        [1, 2],
        [1, true],
      ],
      'index 0 and 1 of the list have no order: the number 2 and true.',
    ],
    [
      [
        [1, [2]],
        [1, ['a']],
      ],
      'index 0 and 1 of the list have no order: the number 2 and the text "a".',
    ],
  ])('refuses %j, as sortBy does', async (list, message) => {
    for (const order of ['asc', 'desc']) {
      const error = await failureOf(() => run('sort', list, { order }));
      expect(error).toMatchObject({ code: 'NODE_INPUT_INVALID', hint: expect.stringContaining('key="double(item)"') });
      expect(error.message).toContain(message);
    }
  });

  test('sorts by key, by several keys, and keeps the order of equal ones both ways', async () => {
    const rows = [
      { n: 2, t: 'a' },
      { n: 1, t: 'b' },
      { n: 2, t: 'c' },
      { n: 1, t: 'd' },
    ];
    const key = ({ item }: { item: { n: number; t: string } }) => item.n;
    const texts = async (config: object) => ((await run('sort', rows, config)) as { t: string }[]).map(({ t }) => t).join('');
    expect(await texts({ key })).toBe('bdac');
    expect(await texts({ key, order: 'desc' })).toBe('acbd');
    expect(await texts({ key: ({ item }: { item: { n: number; t: string } }) => [item.n, item.t], order: 'desc' })).toBe('cadb');
  });

  test('sorts numbers as numbers and leaves its input alone', async () => {
    const input = [10, 9, 1];
    expect(await run('sort', input)).toEqual([1, 9, 10]);
    expect(input).toEqual([10, 9, 1]);
    await fc.assert(
      fc.asyncProperty(numbers, async (list) => {
        const clean = list.filter((value) => !Number.isNaN(value));
        const sorted = (await run('sort', list)) as number[];
        expect(sorted.slice(0, clean.length).map((value) => value + 0)).toEqual(
          [...clean].sort((a, b) => a - b).map((value) => value + 0),
        );
        expect(sorted.length).toBe(list.length);
      }),
    );
  });

  test('one order for any values: sorting again in any arrangement gives the same keys', async () => {
    const { canonicalKey } = await import('#src/runtimes/transform/canonical-key.js');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.array(fc.jsonValue()), fc.array(fc.array(fc.integer({ max: 3, min: 0 })))), async (list) => {
        const sorted = async (values: unknown[]) => (await run('sort', values)) as unknown[];
        const keys = (values: unknown[]) =>
          sorted(values).then(
            (ordered) => ordered.map(canonicalKey),
            ({ code }: FlowError) => code,
          );
        expect(await keys([...list].reverse())).toEqual(await keys(list));
      }),
    );
  });
});

describe('transform:group', () => {
  test('groups in the order of first appearance', async () => {
    const key = ({ item }: { item: number }) => item % 3;
    expect(await run('group', [4, 2, 1, 5], { key })).toEqual([
      { key: 1, items: [4, 1] },
      { key: 2, items: [2, 5] },
    ]);
  });

  test('compares keys deeply and keeps kinds apart', async () => {
    const date = new Date(1);
    const keys = [
      1,
      '1',
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      [1, '1'],
      '1,1',
      null,
      undefined,
      Number.NaN,
      Number.NaN,
      0,
      -0,
      date,
      new Date(1),
      '',
      [],
      {},
    ];
    const groups = (await run('group', keys, { key: ({ item }: Bound) => item })) as { items: unknown[] }[];
    expect(groups.map(({ items }) => items.length)).toEqual([1, 1, 2, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1]);
  });

  test('loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (list) => {
        const groups = (await run('group', list, { key: ({ item }: Bound) => item })) as { items: unknown[] }[];
        expect(groups.flatMap(({ items }) => items).length).toBe(list.length);
      }),
    );
  });
});
