import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashValue } from '#src/keys/hash-value.js';

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array(),
  fc.float64Array(),
);

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.sparseArray(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((elements) => new Set(elements)),
  ),
}));

describe('the hash of a value', () => {
  it('is the same for its structured clone', () => {
    fc.assert(fc.property(anyValue, (value) => hashValue(structuredClone(value)) === hashValue(value)));
  });

  it('depends on the order of keys, which code can see', () => {
    expect(hashValue({ in: { a: 1, b: 2 } })).not.toBe(hashValue({ in: { b: 2, a: 1 } }));
    // The engine itself puts such keys in order.
    expect(hashValue({ 2: 1, 1: 2 })).toBe(hashValue({ 1: 2, 2: 1 }));
  });

  it('is another one for another JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        // JSON has no -0; what is said of it is said below.
        fc.pre(!JSON.stringify([a, b], (_, value) => (Object.is(value, -0) ? 'minus' : value)).includes('minus'));
        return (hashValue(a) === hashValue(b)) === isSame;
      }),
    );
  });

  it('tells near misses apart', () => {
    const shared = { x: 1 };
    const regex = 'abc'.match(/b/);
    const values: unknown[] = [
      ...[0, -0, 1, '1', true, 1n, 'true', NaN, 'NaN', Infinity, -Infinity],
      ...[null, undefined, [], [null], [undefined], new Array(1), new Array(2), [[]], [1], [[1]], [1, 2], [2, 1], '', [''], '[]'],
      ...[
        {},
        { a: 1 },
        { a: '1' },
        { a: undefined },
        { a: null },
        new Map([['a', 1]]),
        [['a', 1]],
        new Map(),
        new Set(),
        new Set(['a', 1]),
      ],
      ...[
        new Map([
          [1, 2],
          [3, 4],
        ]),
        new Map([
          [3, 4],
          [1, 2],
        ]),
        new Date(0),
        new Date(Number.NaN),
        '1970-01-01T00:00:00.000Z',
      ],
      ...[
        new Uint8Array(2),
        new Int8Array(2),
        new Uint16Array(1),
        new ArrayBuffer(2),
        new DataView(new ArrayBuffer(2)),
        new Uint8Array(3),
      ],
      ...['\ud800', '\udfff', '\ufffd', JSON.stringify('\ud800'), 'a\u0000b', 'ab', ['a', 'b'], ['ab', ''], ['', 'ab']],
      ...[/a/, /a/g, '/a/', Object(1), Object('1'), new Error('a'), new TypeError('a'), new Error('a', { cause: 1 }), 'a'],
      ...[
        [shared, shared],
        [{ ...shared }, { ...shared }],
        [regex],
        [Array.from(regex ?? [])],
        { '0': 'a' },
        ['a'],
        { length: 0 },
      ],
      JSON.parse('{"__proto__": 1}'),
    ];
    expect(new Set(values.map((value) => hashValue(value))).size).toBe(values.length);
  });

  it('ends for cycles, and tells what they lead to', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    const longer: unknown[] = [[]];
    (longer[0] as unknown[]).push(longer);
    expect(hashValue(structuredClone(ring))).toBe(hashValue(ring));
    expect(hashValue(longer)).not.toBe(hashValue(ring));
  });

  it('is the same for large values however they are cut into pieces', () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id} \u{1f600}`.repeat(id % 7) }));
    expect(hashValue(structuredClone(rows))).toBe(hashValue(rows));
    expect(hashValue([...rows.slice(0, -1), { id: -1 }])).not.toBe(hashValue(rows));
  });

  it('takes a class instance and a Buffer for what their clones are', () => {
    class Point {
      x = 1;
      get double() {
        return this.x * 2;
      }
    }
    expect(hashValue(new Point())).toBe(hashValue({ x: 1 }));
    expect(hashValue(Buffer.from('ab'))).toBe(hashValue(new Uint8Array([97, 98])));
    expect(hashValue(Buffer.from('xaby').subarray(1, 3))).toBe(hashValue(new Uint8Array([97, 98])));
  });

  it('refuses what cannot be cloned', () => {
    for (const value of [() => 1, Symbol('s'), { f: () => 1 }, new WeakMap(), Promise.resolve()]) {
      expect(() => hashValue(value)).toThrow(TypeError);
    }
  });

  it('lets texts be replaced, keys too', () => {
    const text = (from: string) => from.replaceAll('s3cret', '***');
    expect(hashValue({ a: 'x s3cret' }, { text })).toBe(hashValue({ a: 'x ***' }));
    expect(hashValue({ s3cret: 1 }, { text })).toBe(hashValue({ '***': 1 }));
  });
});
