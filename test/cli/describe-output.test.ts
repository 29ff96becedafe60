import { describe, expect, it } from 'vitest';
import { describeOutput } from '#src/errors/describe-output.js';

describe('describeOutput', () => {
  const ring: Record<string, unknown> = { name: 'ring' };
  ring['self'] = ring;
  const shared = { x: 1 };

  it.each<[string, unknown, unknown]>([
    ['plain data as it is', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
    ['no output', undefined, null],
    ['an undefined field', { a: undefined }, { a: { $type: 'undefined' } }],
    ['a hole in a list', new Array(1), [{ $type: 'undefined' }]],
    ['NaN', Number.NaN, { $type: 'number', value: 'NaN' }],
    ['-Infinity', [-Infinity], [{ $type: 'number', value: '-Infinity' }]],
    ['a BigInt', 10n, { $type: 'bigint', value: '10' }],
    ['a Date', new Date(0), { $type: 'Date', value: '1970-01-01T00:00:00.000Z' }],
    ['an invalid Date', new Date(Number.NaN), { $type: 'Date', value: null }],
    ['a Map with any keys', new Map([[{ k: 1 }, 2n]]), { $type: 'Map', entries: [[{ k: 1 }, { $type: 'bigint', value: '2' }]] }],
    ['a Set', new Set([1]), { $type: 'Set', values: [1] }],
    ['a RegExp', /a/g, { $type: 'RegExp', value: '/a/g' }],
    [
      'an Error with fields',
      Object.assign(new RangeError('far'), { code: 'E' }),
      { $type: 'Error', name: 'RangeError', message: 'far', code: 'E' },
    ],
    [
      'a short typed array',
      Float64Array.of(1, Number.NaN),
      { $type: 'Float64Array', length: 2, values: [1, { $type: 'number', value: 'NaN' }] },
    ],
    ['a BigInt array', BigInt64Array.of(1n), { $type: 'BigInt64Array', length: 1, values: [{ $type: 'bigint', value: '1' }] }],
    ['a buffer as the bytes it is elsewhere', Buffer.from('ab'), { $type: 'Uint8Array', length: 2, values: [97, 98] }],
    ['a long typed array by its start', new Uint8Array(1e6), { $type: 'Uint8Array', length: 1e6, preview: Array(10).fill(0) }],
    ['an ArrayBuffer', new ArrayBuffer(1), { $type: 'ArrayBuffer', length: 1, values: [0] }],
    ['a DataView', new DataView(new ArrayBuffer(3)), { $type: 'DataView', length: 3 }],
    ['a function', { f: () => 1 }, { f: { $type: 'function' } }],
    ['a value inside itself', ring, { name: 'ring', self: { $type: 'Cycle' } }],
    ['one value twice, which is no ring', [shared, shared], [{ x: 1 }, { x: 1 }]],
  ])('describes %s', (_, value, described) => {
    expect(describeOutput(value)).toEqual(described);
  });

  it('keeps a field called __proto__ a field', () => {
    const described = describeOutput(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(JSON.stringify(described)).toBe('{"__proto__":{"polluted":true}}');
  });
});
