import fc from 'fast-check';

const key = fc.constantFrom('a', 'b', 'x', 'length', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'k y', '');

const cyclic = fc.constantFrom('object', 'list', 'map').map((shape) => {
  if (shape === 'map') {
    const map = new Map<unknown, unknown>();
    return map.set(map, [map]);
  }
  const list: unknown[] = [1];
  const value = { a: list, b: 2 };
  list.push(value);
  return shape === 'object' ? value : list;
});

const exotic = fc
  .constantFrom<() => unknown>(
    ...[
      () => '\uD800',
      () => 'a\uDC00b',
      () => '😀é\u0000\u2028',
      () => Number.NaN,
      () => -0,
      () => Number.POSITIVE_INFINITY,
      () => 10n,
      () => 2n ** 5000n,
    ],
    ...[
      () => new Date(0),
      () => new Date(Number.NaN),
      () => /(a+)+$/g,
      () => new Error('e', { cause: new Error('c') }),
      () => new Uint8Array([1, 2]),
      () => new Float64Array([Number.NaN, -0]),
    ],
    ...[
      () => new BigInt64Array([3n]),
      () => new ArrayBuffer(2),
      () => new SharedArrayBuffer(2),
      () => new DataView(new ArrayBuffer(8), 3),
      () => Buffer.from('abc'),
    ],
    ...[
      () => Object.assign([], { length: 50_000 }),
      () => Object.assign([1], { extra: 1 }),
      () => Object.assign(Object.create(null), { a: 1 }),
      () =>
        new Map([
          ['a', 1],
          ['__proto__', 2],
        ]),
      () => new Set([[1], [1]]),
    ],
    ...[
      () => JSON.parse('{"__proto__": {"a": 1}}'),
      () => ({ branches: [[]], branchCount: 1, type: 'control:parallel' }),
      () =>
        new (class Odd {
          a = 1;
        })(),
      () => 'x'.repeat(100_000),
      () => Array.from({ length: 5_000 }, (_, i) => i),
    ],
  )
  .map((make) => make());

/** What cannot be copied at all. */
export const uncloneable = fc
  .constantFrom<() => unknown>(
    ...[() => () => 1, () => Symbol('s'), () => Promise.resolve(1), () => new WeakMap(), () => new Proxy({}, {})],
    () => ({
      get a() {
        throw new Error('no a');
      },
    }),
    () => Array.from({ length: 10_000 }).reduce((inner) => [inner], null as unknown),
  )
  .map((make) => make());

/** Every kind of value that structured clone carries, cycles and oddities included. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      undefined,
      true,
      false,
      0,
      1,
      2.5,
      '',
      'a',
      '2024-05-01T00:00:00Z',
      '90m',
      '{"a":1}',
      '.*',
      '../x',
      '/etc/passwd',
      'a/b',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    exotic,
    cyclic,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
})).value;
