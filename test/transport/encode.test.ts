import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, encodeMoved, encodeShared } from '#src/transport/encode.js';
import { pack, transferList, unpack } from '#src/transport/pack.js';
import { decodePart, encodePart, type Part, toPart } from '#src/transport/part.js';

const cross = (value: unknown): unknown => decode(encode(value));

describe('encode and decode', () => {
  it('carry any cloneable value as structuredClone does', () => {
    const values = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(values, (value) => {
        expect(cross(value)).toStrictEqual(structuredClone(value));
      }),
    );
  });

  it.each([
    ['-0', -0],
    ['NaN', Number.NaN],
    ['lone surrogate', '\ud800'],
    ['RegExp', /a+/gi],
    ['holes and extra properties', Object.assign(new Array(3), { 1: 'middle', extra: true })],
    ['own __proto__ key', JSON.parse('{"__proto__": {"polluted": true}}')],
    ['error', new TypeError('x', { cause: new Error('y') })],
  ])('keep %s', (_what, value) => {
    expect(cross(value)).toStrictEqual(value);
  });

  it('turn a Buffer into a Uint8Array', () => {
    expect(cross(Buffer.from('abc'))).toStrictEqual(new Uint8Array([97, 98, 99]));
  });

  it('keep cycles and shared references', () => {
    const inner = { n: 1 };
    const value: Record<string, unknown> = { a: inner, b: inner };
    value['self'] = value;
    const back = cross(value) as typeof value;
    expect(back['a']).toBe(back['b']);
    expect(back['self']).toBe(back);
  });

  const resizable = (size: number) => Reflect.construct(ArrayBuffer, [size, { maxByteLength: 2 * size }]) as ArrayBuffer;

  it.each([8, 20_000, 70_000])('keep that a buffer of %s bytes can grow, and that a view grows with it', (size) => {
    for (const make of [(buffer: ArrayBuffer) => new Uint8Array(buffer), (buffer: ArrayBuffer) => new DataView(buffer, 4)]) {
      for (const copy of [
        cross,
        (value: unknown) => decode(encodeShared(value)),
        (value: unknown) => decodePart(encodePart(value)),
      ]) {
        const buffer = resizable(size);
        new Uint8Array(buffer).fill(7);
        const view = make(buffer);
        const { deep, alone } = copy({ deep: [view], alone: buffer }) as { deep: [typeof view]; alone: ArrayBuffer };
        expect(deep[0].buffer).toBe(alone);
        expect(new Uint8Array(alone)).toStrictEqual(new Uint8Array(size).fill(7));
        (alone as ArrayBuffer & { resize(bytes: number): void }).resize(size + 1);
        expect([deep[0].byteLength, view.byteLength]).toEqual([size + 1 - view.byteOffset, size - view.byteOffset]);
      }
    }
  });

  it('keep that a buffer can grow that is all there is of a value', () => {
    for (const make of [(buffer: ArrayBuffer) => buffer, (buffer: ArrayBuffer) => new Uint8Array(buffer)]) {
      const part = toPart(make(resizable(70_000)));
      const back = decodePart(part as Part) as ArrayBuffer | Uint8Array;
      const buffer = (ArrayBuffer.isView(back) ? back.buffer : back) as ArrayBuffer & { resize(bytes: number): void };
      buffer.resize(70_001);
      expect(back.byteLength).toBe(70_001);
    }
  });

  it('copy large buffers once, beside the bytes, and leave them to their owner', () => {
    const view = new Uint8Array(70_000).fill(3);
    for (const value of [view, { deep: [{ view }] }, view.buffer, new Map([['k', view]])]) {
      const encoded = encode(value);
      expect(encoded.bytes.byteLength).toBeLessThan(1_000);
      expect(encoded.transfers).toHaveLength(1);
      expect(encoded.transfers[0]).not.toBe(view.buffer);
      expect(decode(encoded)).toStrictEqual(value);
    }
    expect(view.byteLength).toBe(70_000);
  });

  it('take a buffer that is given away, unless it cannot be taken', () => {
    const view = new Uint8Array(70_000).fill(3);
    const encoded = encodeMoved(view);
    expect([view.byteLength, encoded.transfers[0]?.byteLength]).toEqual([0, 70_000]);
    expect(decode(encoded)).toStrictEqual(new Uint8Array(70_000).fill(3));
    const { Memory } = Reflect.get(globalThis, 'WebAssembly') as {
      readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
    };
    const memory = new Uint8Array(new Memory({ initial: 2 }).buffer);
    expect(decode(encodeMoved(memory))).toStrictEqual(new Uint8Array(memory.byteLength));
    expect(memory.byteLength).toBe(2 * 65_536);
  });

  it('keep views of one buffer on one buffer', () => {
    const whole = new Uint8Array(70_000);
    const back = cross([whole, whole.subarray(5, 9), whole.buffer]) as [Uint8Array, Uint8Array, ArrayBuffer];
    expect(back[1].byteOffset).toBe(5);
    expect([back[1].buffer, back[2]]).toEqual([back[0].buffer, back[0].buffer]);
    expect(back[1].buffer).toBe(back[0].buffer);
  });

  it('share shared memory, many pieces of it', () => {
    const pieces = Array.from({ length: 5 }, () => new SharedArrayBuffer(8));
    const back = cross([...pieces, new Int32Array(pieces[2] as SharedArrayBuffer)]) as SharedArrayBuffer[];
    expect(back.slice(0, 5)).toEqual(pieces);
    new Int32Array(back[2] as SharedArrayBuffer)[0] = 9;
    expect(new Int32Array(pieces[2] as SharedArrayBuffer)[0]).toBe(9);
  });

  it.each([
    [{ orders: [{}, { onSave() {} }] }, '$.orders[1].onSave is a function (onSave)'],
    [new Map([['k', { f: () => 0 }]]), '$.get("k").f is a function (f)'],
    [new Map([[Symbol('s'), 1]]), '$.keys()[0] is a symbol (Symbol(s))'],
    [{ s: new Set([1, new WeakMap()]) }, '$.s.values()[1] is a WeakMap'],
    [{ 'a-b': [Promise.resolve()] }, '$["a-b"][0] is a Promise'],
    [{ p: new Proxy({}, {}) }, '$.p is a Proxy'],
    [[new WeakRef({})], '$[0] is a WeakRef'],
    [{ g: (function* () {})() }, '$.g is a generator'],
    [() => 0, '$ is a function'],
    [{ big: new Uint8Array(70_000), f: Math.max }, '$.f is a function (max)'],
  ])('name the part that cannot be copied (%#)', (value, message) => {
    expect(() => encode(value)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_CLONEABLE', message: expect.stringContaining(message) }),
    );
  });

  it('name the depth of a value that is nested too deep to write', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 10_000; level++) deep = level % 2 ? [deep] : new Map([['k', deep]]);
    expect(() => encode(deep)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_CLONEABLE', message: expect.stringContaining('10000 levels') }),
    );
  });

  it('say so when a value is nested too deep to read back', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 2_500; level++) deep = { deep };
    expect(() => cross(deep)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_CLONEABLE', message: expect.stringMatching(/levels/) }),
    );
  });
});

describe('pack', () => {
  it('carries many values of all sizes in one message, in order', () => {
    const sizes = fc.array(
      fc.oneof(fc.integer(), fc.constant('x'.repeat(70_000)), fc.constant(new Uint8Array(70_000).fill(5)), fc.string()),
    );
    fc.assert(
      fc.property(sizes, (values) => {
        const packed = pack(values.map(encode));
        const arrived = structuredClone(packed, { transfer: transferList(packed) });
        // Large bytes are compared where that is fast.
        expect(isDeepStrictEqual(unpack(arrived).map(decode), values)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
