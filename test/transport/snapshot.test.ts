import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '#src/state/index.js';
import { decodePart, type Part, partSize, toPart } from '#src/transport/part.js';
import { PartViews } from '#src/transport/part-views.js';
import { composeList, composeObject, reveal, Snapshot, SnapshotShelf } from '#src/transport/snapshot.js';
import { bigValue, identities } from './big-values.js';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

const partOf = (value: unknown): Part => {
  const part = toPart(value);
  if (part === undefined) throw new Error('The value was expected to be large.');
  return part;
};
const rows = (count = 2_000) => Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}` }));

describe('a part', () => {
  it('gives back any value as structuredClone does, with the same references shared', () => {
    fc.assert(
      fc.property(bigValue, (value) => {
        const clone = structuredClone(value);
        for (const back of [decodePart(partOf(value)), new Snapshot(partOf(value)).value]) {
          expect(isDeepStrictEqual(back, clone)).toBe(true);
          expect(identities(back)).toEqual(identities(clone));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('crosses threads without its bytes being copied', () => {
    const value = { rows: rows(), image: new Uint8Array(100_000).fill(7) };
    const part = partOf(value);
    const arrived = structuredClone(part);
    expect(decodePart(arrived)).toStrictEqual(value);
    const image = arrived.kind === 'mixed' ? arrived.held.find(([key]) => key === 'image')?.[1] : undefined;
    const memory = image?.kind === 'binary' ? image.memory : undefined;
    new Uint8Array(memory as SharedArrayBuffer).fill(8);
    expect((decodePart(part) as typeof value).image[5]).toBe(8);
  });

  it.each(
    [
      ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
      ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
    ].map((type) => [type.name, type as new (buffer: ArrayBuffer) => ArrayBufferView] as const),
  )('holds the bytes of a whole %s, and nothing else', (_name, Type) => {
    const value = new Type(Uint8Array.from({ length: 80_000 }, (_, at) => at % 251).buffer);
    const part = partOf(value);
    expect(part).toMatchObject({ kind: 'binary', memory: { byteLength: 80_000 } });
    const back = decodePart(structuredClone(part)) as ArrayBufferView;
    expect(isDeepStrictEqual(back, structuredClone(value))).toBe(true);
    expect(back.buffer).toBeInstanceOf(ArrayBuffer);
    new Uint8Array(back.buffer).fill(0);
    expect(isDeepStrictEqual(decodePart(part), structuredClone(value))).toBe(true);
  });

  it('gives back other bytes as structuredClone does', () => {
    const bytes = Uint8Array.from({ length: 80_000 }, (_, at) => at % 251);
    const lying = Object.defineProperty(bytes.slice(), Symbol.toStringTag, { value: 'Float64Array' });
    for (const value of [bytes.buffer, Buffer.from(bytes), bytes.subarray(8, 70_008), new Float64Array(bytes.buffer, 8), lying]) {
      const back = decodePart(structuredClone(partOf(value)));
      expect(isDeepStrictEqual(back, structuredClone(value))).toBe(true);
      const sizeOf = (each: unknown) => (ArrayBuffer.isView(each) ? each.buffer.byteLength : 0);
      expect(sizeOf(back)).toBe(sizeOf(structuredClone(value)));
    }
  });

  it('is made of large values alone', () => {
    expect([1, 'x', null, { a: 1 }, rows(10), new Uint8Array(100)].map(toPart)).toEqual(new Array(6).fill(undefined));
    expect(partSize(partOf(rows()))).toBeGreaterThan(16_384);
    expect(partSize(partOf('x'.repeat(100_000)))).toBeGreaterThan(100_000);
  });

  it('keeps the order of fields, and fields that objects have themselves', () => {
    const value = JSON.parse(
      `{"b": 1, "__proto__": ${JSON.stringify(rows())}, "a": 2, "constructor": ${JSON.stringify(rows())}}`,
    );
    const back = decodePart(partOf(value)) as object;
    expect(Object.keys(back)).toEqual(['b', '__proto__', 'a', 'constructor']);
    expect(isDeepStrictEqual(back, value)).toBe(true);
  });

  it('keeps that two fields share an object which the second holds deep down', () => {
    const shared = { n: 1 };
    const value = { a: [shared, ...rows()], b: { deep: [rows(), { shared }] } };
    const back = decodePart(partOf(value)) as typeof value;
    expect((back.b.deep[1] as { shared: object }).shared).toBe(back.a[0]);
  });

  it('leaves to others what is nested too deep to read back', () => {
    let deep: unknown = rows();
    for (let level = 0; level < 3_000; level++) deep = [deep];
    const chain = rows(3_000).map((row): Record<string, unknown> => ({ ...row }));
    chain.forEach((row, at) => {
      row['next'] = chain[at + 1];
    });
    expect([deep, chain].map(toPart)).toEqual([undefined, undefined]);
  });

  it('names what cannot be copied by its whole path', () => {
    expect(() => toPart({ rows: [...rows(), { save() {} }] })).toThrow(/\$\.rows\[2000\]\.save is a function/);
  });

  it('takes no time for references that multiply', () => {
    let value: unknown = rows();
    for (let level = 0; level < 60; level++) value = [value, value];
    expect(identities(decodePart(partOf({ value })))).toEqual(identities({ value }));
  });
});

describe('a snapshot', () => {
  it('gives a field without the rest', () => {
    const snapshot = new Snapshot(partOf({ rows: rows(), deep: { more: rows(), n: 1 }, n: 5 }));
    const read = new Map<string, 'all' | Map<string, 'all'>>([
      ['deep', new Map([['more', 'all']])],
      ['n', 'all'],
    ]);
    const part = project(snapshot, read) as { deep: { more: Snapshot }; n: number };
    expect(Object.keys(part)).toEqual(['deep', 'n']);
    expect(part.n).toBe(5);
    expect(part.deep.more).toBeInstanceOf(Snapshot);
    expect(part.deep.more.value).toEqual(rows());
  });

  it('composes lists and objects without reading their members', () => {
    const large = new Snapshot(partOf(rows()));
    const list = composeList([1, large, { a: 1 }, large]);
    const object = composeObject([
      ['x', large],
      ['y', 2],
    ]);
    expect([list, object].every((each) => each instanceof Snapshot)).toBe(true);
    expect(reveal(list)).toEqual([1, rows(), { a: 1 }, rows()]);
    expect(Object.entries(reveal(object) as object)).toEqual([
      ['x', rows()],
      ['y', 2],
    ]);
    expect(reveal(composeList([1, 2]))).toEqual([1, 2]);
  });

  it('is made once of each value of this thread', () => {
    const shelf = new SnapshotShelf();
    const [large, broken] = [rows(), [...rows(), () => 0]];
    expect(shelf.hold(large)).toBeInstanceOf(Snapshot);
    expect(shelf.hold(large)).toBe(shelf.hold(large));
    expect(shelf.hold(broken)).toBe(broken);
    expect([shelf.hold(5), shelf.hold('x')]).toEqual([5, 'x']);
  });
});

describe('views', () => {
  it('are decoded once, and copied for whoever may write', () => {
    const views = new PartViews();
    const part = partOf({ rows: rows(), when: [new Date(5), 'x'.repeat(20_000)] });
    const view = views.view(part) as { rows: { id: number }[]; when: [Date] };
    expect(views.view(part)).toBe(view);
    const own = views.copy(view) as typeof view;
    own.when[0].setTime(9);
    own.rows.length = 0;
    const around = views.copy({ n: 1, rows: view.rows, again: view.rows }) as { rows: { id: number }[]; again: unknown };
    expect(around.again).toBe(around.rows);
    around.rows.length = 0;
    const part0 = views.copy(view.rows[0]) as { id: number };
    part0.id = 99;
    expect(view).toEqual({ rows: rows(), when: [new Date(5), 'x'.repeat(20_000)] });
  });

  it('are lent frozen to readers, but never what freezing does not protect', () => {
    const views = new PartViews();
    const part = partOf({ rows: rows(), when: [new Date(5), 'x'.repeat(20_000)], map: [new Map(), 'x'.repeat(20_000)] });
    const view = views.view(part) as { rows: { id: number }[] };
    expect(views.lend(view.rows)).toBe(view.rows);
    expect(() => view.rows.push({ id: 1 })).toThrow(TypeError);
    expect(() => Object.assign(view.rows[5] as object, { id: 1 })).toThrow(TypeError);
    const lent = views.lend(view) as { when: [Date]; map: [Map<string, number>] };
    lent.when[0].setTime(9);
    lent.map[0].set('k', 1);
    expect(view).toEqual({ rows: rows(), when: [new Date(5), expect.anything()], map: [new Map(), expect.anything()] });
    const container = views.lend({ rows: view.rows, list: [1] }) as { rows: unknown; list: number[] };
    container.list.push(2);
    expect(container.rows).toBe(view.rows);
  });

  it('never show a write, whoever writes where', () => {
    fc.assert(
      fc.property(bigValue, (value) => {
        const views = new PartViews();
        const part = partOf(value);
        const clone = structuredClone(value);
        const view = views.view(part);
        for (const given of [views.lend(view), views.copy(view), views.lend({ view }), views.copy([view])]) scribble(given);
        expect(isDeepStrictEqual(views.view(part), clone)).toBe(true);
        expect(isDeepStrictEqual(decodePart(part), clone)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keep no array that is shown where its bytes lie, and copies of it are one where it was one', () => {
    const views = new PartViews();
    const [first, second] = [partOf(new Uint8Array(70_000).fill(1)), partOf(new Float64Array(9_000).fill(2))];
    const [a, b, again] = [views.view(first), views.view(second), views.view(first)] as Uint8Array[];
    expect([views.bytes, a?.buffer === again?.buffer]).toEqual([0, true]);
    const [own, other, ownAgain] = views.copy([a, b, again]) as Uint8Array[];
    expect([own, other, ownAgain]).toEqual([new Uint8Array(70_000).fill(1), new Float64Array(9_000).fill(2), own]);
    expect([own === ownAgain, own?.buffer instanceof ArrayBuffer, own === a]).toEqual([true, true, false]);
    const lent = views.lendInPlace({ a, again }) as { a: Uint8Array; again: Uint8Array };
    expect(lent.a).toBe(lent.again);
    expect(lent.a.buffer).toBe(a?.buffer);
    // A list that is too long to be looked through is copied as a whole.
    const list = Array.from({ length: 300 }, (_, index) => views.view(index % 2 === 0 ? first : second));
    expect(new Set(views.copy(list) as unknown[]).size).toBe(2);
  });

  it('keep that an array is seen as two types', () => {
    const views = new PartViews();
    const bytes = views.view(partOf(new Uint8Array(80_000))) as Uint8Array;
    const copy = views.copy({ bytes, numbers: new Float64Array(bytes.buffer) }) as { bytes: Uint8Array; numbers: Float64Array };
    copy.numbers[0] = 1;
    expect([copy.bytes[7], bytes[7], copy.numbers]).toEqual([63, 0, expect.any(Float64Array)]);
  });

  it('are bounded in bytes, whatever is asked for', () => {
    const views = new PartViews();
    const block = 'x'.repeat(30 * 1024 * 1024);
    for (let round = 0; round < 8; round++) views.view(partOf(block));
    expect(views.bytes).toBeGreaterThan(block.length);
    expect(views.bytes).toBeLessThan(128 * 1024 * 1024);
  });

  it('are given up once nobody has asked for a while', async () => {
    const views = new PartViews(5);
    const gone = await (async () => {
      const value = views.view(partOf(rows()));
      return new WeakRef(value as object);
    })();
    for (const end = performance.now() + 30_000; gone.deref() !== undefined && performance.now() < end; ) {
      await turn();
      collectGarbage();
    }
    expect([gone.deref(), views.bytes]).toEqual([undefined, 0]);
  });
});

/** Changes everything that can be reached; what is frozen stays. */
function scribble(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) {
    for (const member of value.values()) scribble(member, seen);
    value.clear();
  } else if (value instanceof Date) value.setTime(0);
  else if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer).fill(7);
  else {
    for (const key of Object.keys(value)) scribble(Reflect.get(value, key), seen);
    Reflect.set(value, 'scribbled', true);
    if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0;
  }
}
