import { describe, expect, test } from 'vitest';
import { failureOf, runNode } from '../run-node.js';

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const circle: unknown[] = [];
circle.push(circle);
/** 2^60 parts when walked as a tree. */
const twinsOf = () => Array.from({ length: 60 }).reduce((inner) => [inner, inner], [1] as unknown);
const twins = twinsOf();
const holes = () => Object.assign([], { length: 2 ** 32 - 1 });
const deep = Array.from({ length: 20_000 }).reduce((inner) => [inner], 1 as unknown);

const check = (schema: unknown, input: unknown) => runNode('transform:validate', { schema: JSON.stringify(schema) }, { input });

describe('keys without end', () => {
  const item = ({ item: value }: { item: unknown }) => value;
  test.each([
    ['transform:group', [cycle]],
    ['transform:group', [circle]],
    ['transform:group', [twins]],
    ['transform:group', [deep]],
    ['transform:sort', [cycle, { ...cycle }]],
    ['transform:sort', [circle, [...circle]]],
    ['transform:sort', [deep, [deep]]],
    ['transform:sort', [twins, twinsOf()]],
    ['transform:sort', [holes(), holes()]],
  ])('are refused by %s', async (type, input) => {
    const { code, message } = await failureOf(() => runNode(type, { key: item }, { input }));
    expect([code, message]).toEqual([
      'NODE_INPUT_INVALID',
      'A value cannot be compared: it refers to itself, is nested too deep or is very large.',
    ]);
  });
});

describe('a JSON Schema', () => {
  test.each(['(a+)+$', '^(a|a)*$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*b'])(
    'with the pattern %s is fast on any text',
    async (pattern) => {
      const start = process.cpuUsage();
      const error = await failureOf(() => check({ pattern: `${pattern}(never)` }, 'a'.repeat(5_000)));
      expect(error.code).toBe('SCHEMA_MISMATCH');
      const { code } = await failureOf(() =>
        check({ patternProperties: { [pattern]: { type: 'number' } } }, { ['a'.repeat(5_000)]: 'x', aba: 'x', 'ab.Ba': 'x' }),
      );
      expect(code).toBe('SCHEMA_MISMATCH');
      expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000);
    },
  );

  test('keeps two patterns apart', async () => {
    const schema = { properties: { a: { pattern: '^x' }, b: { pattern: '^y' } } };
    expect(await check(schema, { a: 'x', b: 'y' })).toEqual({ a: 'x', b: 'y' });
    expect((await failureOf(() => check(schema, { a: 'x', b: 'x' }))).message).toContain('/b must match pattern "^y"');
  });

  test.each([
    [{ pattern: '(?=a)' }, /pattern .*Patterns are RE2/],
    [{ pattern: '(' }, /pattern .*Patterns are RE2/],
    [{ pattern: 'a'.repeat(1_001) }, /longer than 1000 characters/],
    [{ $ref: 'http://127.0.0.1:9/schema.json' }, /can't resolve reference .*Nothing is fetched/],
    [{ $ref: 'file:///etc/passwd' }, /can't resolve reference .*Nothing is fetched/],
    [{ $async: true, type: 'string' }, /"\$async" is not supported/],
    [{ type: 'nope' }, /no usable JSON Schema/],
  ])('%j is refused', async (schema, expected) => {
    const { code, message, hint = '' } = await failureOf(() => check(schema, 'a'));
    expect(code).toBe('FLOW_SETTING_INVALID');
    expect(`${message} ${hint}`).toMatch(expected);
  });

  test.each([
    [{ $ref: '#' }, 1],
    [{ anyOf: [{ $ref: '#' }, { type: 'null' }] }, 1],
    [{ items: { $ref: '#' } }, deep],
    [{ items: { $ref: '#' } }, circle],
  ])('%j that goes round for ever on its input is told', async (schema, input) => {
    const { code, message } = await failureOf(() => check(schema, input));
    expect([code, message]).toEqual([
      'NODE_INPUT_INVALID',
      'The input cannot be checked: it is nested too deep, or the schema refers to itself without end.',
    ]);
  });

  test('takes nothing that objects inherit for data', async () => {
    const schema = JSON.parse('{"required": ["constructor"], "properties": {"toString": {"type": "string"}}}');
    expect((await failureOf(() => check(schema, {}))).message).toContain("must have required property 'constructor'");
    expect(await check(schema, { constructor: 1 })).toEqual({ constructor: 1 });
    expect((await failureOf(() => check(schema, { constructor: 1, toString: 1 }))).message).toContain('/toString must be string');
  });

  test('compares by enum and const whatever the names of fields', async () => {
    const odd = { toString: 1, valueOf: [2], hasOwnProperty: null };
    for (const schema of [{ enum: [1, odd] }, { const: odd }]) {
      expect(await check(schema, { ...odd })).toEqual(odd);
      expect((await failureOf(() => check(schema, { ...odd, toString: 2 }))).code).toBe('SCHEMA_MISMATCH');
    }
    expect((await failureOf(() => check({ enum: ['a', null] }, 'null'))).message).toContain(
      'must be equal to one of the allowed values: ["a",null]',
    );
    expect((await failureOf(() => check({ const: '1' }, 1))).message).toContain('must be equal to constant');
  });

  test('finds the one double among 50,000 objects', async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => ({ n, tags: ['a', n] }));
    const schema = { uniqueItems: true, items: { type: 'object' } };
    expect(await check(schema, rows)).toBe(rows);
    const { message } = await failureOf(() => check(schema, [...rows, { tags: ['a', 7], n: 7 }]));
    expect(message).toContain('must NOT have duplicate items (items ## 7 and 50000 are identical)');
    expect(await check({ uniqueItems: false }, [1, 1])).toEqual([1, 1]);
  });

  test('tells one fault of a very large input, all of a small one', async () => {
    const schema = { items: { type: 'string' } };
    expect((await failureOf(() => check(schema, [1, 'a', 2]))).fields['faults']).toHaveLength(2);
    expect(
      (
        await failureOf(() =>
          check(
            schema,
            Array.from({ length: 5_000_000 }, (_, n) => n),
          ),
        )
      ).fields['faults'],
    ).toHaveLength(1);
  });
});
