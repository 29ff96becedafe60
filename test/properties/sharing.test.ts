import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, parseWorkflow } from '#src/index.js';
import { bigValue, identities } from '../transport/big-values.js';

const file = (name: string) => new URL(name, import.meta.url).pathname;
const engines: readonly Engine[] = [
  createEngine({ mode: 'async', maxConcurrency: 1 }),
  createEngine({ mode: 'threads', maxConcurrency: 1 }),
  createEngine({ mode: 'threads', maxConcurrency: 2 }),
];
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
});

const flow = (body: string) => parseWorkflow(`<workflow name="shared">${body}</workflow>`, { file: '/flow.xml' });
const module = (id: string, name: string, input: string) => `<transform:module id="${id}" src="${file(name)}" input="${input}"/>`;

/** Every kind of reader and vandal, twice over, on one value and on one field of it. */
const everyReader = flow(`
  <transform:select id="whole">run.input</transform:select>
  <parallel id="all">${[0, 1]
    .flatMap((round) => [
      module(`w${round}`, 'writing-vandal.mjs', 'whole.output'),
      module(`r${round}`, 'reading-vandal.mjs', 'whole.output'),
      module(`x${round}`, 'reading-vandal.mjs', 'run.input'),
      `${module(`g${round}`, 'gives-back.mjs', 'whole.output.f0')}<transform:module id="h${round}" src="${file('appends.mjs')}"/>`,
      module(`c${round}`, 'reading-vandal.mjs', "{'n': 1, 'field': whole.output.f0}"),
      module(`f${round}`, 'writing-vandal.mjs', 'whole.output.f0'),
      `<transform:select id="s${round}">{'field': whole.output.nested, 'title': whole.output.title}</transform:select>`,
    ])
    .map((nodes) => `<branch>${nodes}</branch>`)
    .join('')}</parallel>
  <transform:module id="after" src="${file('writing-vandal.mjs')}" input="all.output"/>
  <output value="{'all': all.output, 'after': after.output, 'whole': whole.output}"/>`);

const vandal = (id: string, input = '') => `<transform:module id="${id}" src="${file('writing-vandal.mjs')}" ${input}/>`;

/** Every kind of body over one list of large and small values, each of which is read whole and by a vandal. */
const everyBody = flow(`
  <foreach id="made" items="run.input">${vandal('m')}</foreach>
  <foreach id="plain" items="made.output">${vandal('p')}</foreach>
  <foreach id="named" items="made.output" item="x">${vandal('n', `input="{'x': x}"`)}</foreach>
  <foreach id="expression" items="made.output" item="x"><transform:select id="e">[x, index]</transform:select></foreach>
  <foreach id="control" items="made.output" item="x">
    <if id="taken" condition="size([x]) == 1"><then>${vandal('c')}${vandal('d', 'input="x"')}</then></if>
  </foreach>
  <foreach id="nested" items="made.output" item="x"><foreach id="inner" items="[x, 1]" item="y">${vandal('i')}</foreach></foreach>
  <foreach id="chained" items="control.output" item="x">${vandal('h', 'input="x"')}</foreach>
  <output value="[plain.output, named.output.map(each, each.x), expression.output.map(each, each[0]), control.output,
    nested.output.map(each, each[0]), chained.output, made.output, [size(made.output)]]"/>`);

describe('a list of large values that a foreach walks', () => {
  it('is to each body what it was, whoever writes to it', async () => {
    const binary = fc
      .constantFrom(Uint8Array, Float64Array, Int16Array)
      .chain((Type) => fc.integer({ min: 2_000, max: 20_000 }).map((length) => new Type(length).fill(3)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(bigValue, binary, fc.jsonValue()), { minLength: 1, maxLength: 5 }), async (input) => {
        const before = structuredClone(input);
        for (const engine of engines) {
          const { error, output } = await engine.run(everyBody, { input });
          expect(error).toBeUndefined();
          const lists = output as unknown[];
          expect(lists.pop()).toEqual([before.length]);
          expect(lists.map((list) => isDeepStrictEqual(list, before))).toEqual(new Array(7).fill(true));
          expect(isDeepStrictEqual(input, before)).toBe(true);
        }
      }),
      { numRuns: Number(process.env['FLOWSCRIPT_PROPERTY_RUNS'] ?? 15), endOnFailure: true },
    );
  }, 120_000);
});

describe('a module that hands over what it got and gave', () => {
  const handing = (id: string, more = '') => `<transform:module id="${id}" src="${file('handing-over.mjs')}" ${more}/>`;
  const bytes = (value: number) => new Uint8Array(100_000).fill(value);

  it('changes nothing for anybody else, and gives plain memory', async () => {
    const everyUse = flow(`
      <transform:select id="first">run.input</transform:select>
      <parallel id="all">
        <branch>${handing('a', 'input="first.output"')}</branch>
        <branch>${handing('b', 'input="first.output"')}${handing('c')}${vandal('d')}</branch>
        <branch><transform:select id="s" input="first.output">input</transform:select>${handing('e')}</branch>
        <branch>${handing('r', 'input="first.output" failsFirst="yes"').replace('/>', '><retry limit="2" delay="1ms"/></transform:module>')}</branch>
      </parallel>
      ${handing('two', `input="all.output[0]"`)}
      <foreach id="each" items="all.output">${handing('f')}</foreach>
      <foreach id="again" items="each.output" item="x"><transform:select id="g">x</transform:select></foreach>
      <output value="[first.output, all.output, b.output, c.output, two.output, each.output, again.output]"/>`);
    const expected = [0, [1, 2, 1, 1], 1, 2, 2, [2, 3, 2, 2], [2, 3, 2, 2]];
    const input = bytes(0);
    for (const engine of engines) {
      const { error, output } = await engine.run(everyUse, { input });
      expect(error).toBeUndefined();
      const filled = (value: number | number[]) => (Array.isArray(value) ? value.map(bytes) : bytes(value));
      expect(isDeepStrictEqual(output, expected.map(filled))).toBe(true);
      const buffers = (output as (Uint8Array | Uint8Array[])[]).flat().map(({ buffer }) => buffer);
      expect(buffers.every((buffer) => buffer instanceof ArrayBuffer)).toBe(true);
      expect(isDeepStrictEqual(input, bytes(0))).toBe(true);
    }
  });

  it('is spared a copy of its result where nobody else reads it', async () => {
    const gives = flow(handing('g', 'export="gives"'));
    const left = flow(handing('l', 'export="left"'));
    for (const engine of engines.slice(0, 2)) {
      expect((await engine.run(gives)).output).toEqual(bytes(5));
      expect((await engine.run(left)).output).toBe(0);
    }
  });
});

describe('a module that neither writes nor keeps what it got', () => {
  it('reads bytes where they lie, which nobody else can spoil', async () => {
    const read = (id: string, input: string, more = '') => module(id, 'in-place.mjs', input).replace('/>', ` ${more}/>`);
    const everyUse = flow(`
      <transform:select id="first">run.input</transform:select>
      <parallel id="all">
        <branch>${read('a', 'first.output')}</branch>
        <branch>${read('b', 'first.output.bytes')}</branch>
        <branch>${vandal('v', 'input="first.output"')}</branch>
        <branch>${read('c', 'first.output')}</branch>
        <branch>${read('p', 'first.output.bytes', 'export="pass"')}${vandal('w')}${read('d', 'p.output')}</branch>
      </parallel>
      <output value="[a.output, b.output, c.output, d.output, v.output, p.output, first.output]"/>`);
    const bytes = (last = 7) => new Uint8Array(100_000).fill(7).with(-1, last);
    const value = (last = 7) => ({ bytes: bytes(last), text: 'x'.repeat(20_000), when: new Date(5) });
    for (const engine of engines.slice(0, 2)) {
      const input = value();
      const { error, output } = await engine.run(everyUse, { input });
      expect(error).toBeUndefined();
      const [a, b, c, d, v, p, first] = output as [number, number, number, number, typeof input, Uint8Array, typeof input];
      expect([a, b, c, d]).toEqual([7, 8, 9, 10]);
      expect([v, p.with(-1, 7), { ...first, bytes: first.bytes.with(-1, 7) }]).toEqual([value(9), bytes(), value()]);
      expect(input).toEqual(value());
    }
  });

  it.each([
    ['buffer', () => new ArrayBuffer(100_000)],
    ['array', () => new Uint8Array(100_000)],
    ['part of an array', () => new Uint8Array(120_000).subarray(10_000, 110_000)],
    ['view', () => new DataView(new ArrayBuffer(100_000))],
  ])('gives back a %s that nobody reads, and leaves it to all others', async (_what, make) => {
    const pass = (id: string, more: string) => module(id, 'in-place.mjs', 'first.output').replace('/>', ` ${more}/>`);
    const inTurn = flow(`
      <transform:select id="first">run.input</transform:select>
      ${pass('a', 'export="pass"')}
      ${pass('b', 'export="length" after="a"')}
      <transform:module id="v" src="${file('writing-vandal.mjs')}" input="first.output" after="b"/>
      ${pass('c', 'export="length" after="v"')}
      <output value="[b.output, c.output]"/>`);
    for (const engine of engines) {
      const { error, output, state } = await engine.run(inTurn, { input: make() });
      expect({ error, output }).toEqual({ error: undefined, output: [100_000, 100_000] });
      expect(state.nodeResults.get('a')?.output).toMatchObject({ byteLength: 100_000 });
    }
  });

  it.each([
    ['a field', {}],
    ['a field beside what cannot be frozen', { text: 'x'.repeat(20_000), when: new Date(5) }],
    ['a field beside large lists', { rows: Array.from({ length: 5_000 }, (_, id) => ({ id })) }],
  ])('throws where it writes to what lies around the bytes: %s', async (_, more) => {
    const careless = flow(module('bad', 'in-place.mjs', 'run.input').replace('/>', ' export="tag"/>'));
    for (const engine of engines.slice(0, 2)) {
      const { error } = await engine.run(careless, {
        input: { bytes: new Uint8Array(100_000), meta: { tags: ['x'] }, ...more },
      });
      expect(error).toMatchObject({ code: 'NODE_FAILED', name: 'TypeError', nodeId: 'bad' });
    }
  });
});

describe('a large value that many tasks read', () => {
  it('is to each what it was, whoever writes to it', async () => {
    await fc.assert(
      fc.asyncProperty(bigValue, async (input) => {
        const before = structuredClone(input);
        const { f0, nested, title } = before;
        const round = [before, before, before, f0, { n: 1, field: f0 }, f0, { field: nested, title }];
        for (const engine of engines) {
          const { error, output, state } = await engine.run(everyReader, { input });
          const { all, after, whole } = (output ?? {}) as { all: unknown[]; after: unknown; whole: unknown };
          expect(error).toBeUndefined();
          [...round, ...round].forEach((expected, at) => {
            expect([at, isDeepStrictEqual(all[at], expected)]).toEqual([at, true]);
          });
          expect(identities(all[0])).toEqual(identities(before));
          expect([after, whole, input].map((each, at) => isDeepStrictEqual(each, [all, before, before][at]))).toEqual([
            true,
            true,
            true,
          ]);
          const kept = structuredClone(state).nodeResults.get('whole')?.output;
          expect(isDeepStrictEqual(kept, before)).toBe(true);
        }
      }),
      { numRuns: Number(process.env['FLOWSCRIPT_PROPERTY_RUNS'] ?? 25), endOnFailure: true },
    );
  }, 120_000);

  it('throws where a module that promised to read writes', async () => {
    const careless = flow(`
      <transform:module id="big" src="${file('held-memory.mjs')}" export="rows"/>
      ${module('bad', 'careless.mjs', 'big.output.rows')}`);
    for (const engine of engines) {
      const { error } = await engine.run(careless);
      expect(error).toMatchObject({ code: 'NODE_FAILED', name: 'TypeError', nodeId: 'bad' });
    }
  });

  it('leaves nothing behind when its run has ended', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collectGarbage = vm.runInNewContext('gc') as () => void;
    const used = () => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const one = createEngine({ mode: 'threads', maxConcurrency: 1 });
    const measure = flow(`<transform:module id="held" src="${file('held-memory.mjs')}"/>`);
    const work = flow(`
      <transform:module id="big" src="${file('held-memory.mjs')}" export="rows"/>
      <transform:select id="size">size(big.output.rows)</transform:select>`);
    const inWorker = async () => Number((await one.run(measure)).output);
    const [mainBefore, workerBefore] = [used(), await inWorker()];
    for (let round = 0; round < 4; round++) expect((await one.run(work)).output).toBe(60_000);
    expect(await inWorker()).toBeGreaterThan(workerBefore + 2_000_000);
    const slack = 1_000_000;
    let [main, worker] = [used(), await inWorker()];
    // So few that the thread still keeps all packages: it is idleness that makes it forget, and nothing tells of that.
    for (let look = 0; look < 10 && (main > mainBefore + slack || worker > workerBefore + slack); look++) {
      await wait(1_200);
      [main, worker] = [used(), await inWorker()];
    }
    expect(main - mainBefore).toBeLessThan(slack);
    expect(worker - workerBefore).toBeLessThan(slack);
    await one.close();
  });
});
