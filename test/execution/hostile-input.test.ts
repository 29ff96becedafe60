import { describe, expect, test } from 'vitest';
import { renderOutput } from '#src/cli/write-output.js';
import { flow, modes, outputOf, run } from './run-flow.js';

const thrower = () => ({
  get a() {
    throw new Error('no a');
  },
});
const hiding = () =>
  new Proxy(
    { a: 1 },
    {
      ownKeys: () => {
        throw new Error('no keys');
      },
    },
  );

class Order {
  readonly #secret = 1;
  readonly price = 2;
  readonly count = 3;
  get total() {
    return this.price * this.count * this.#secret;
  }
  toJSON() {
    return 'an order';
  }
}

describe.each(modes)('in mode %s', (mode) => {
  test.each([
    ['a getter that throws', thrower],
    ['a Proxy that throws', hiding],
    ['a list of them', () => [thrower()]],
    ['a function', () => () => 1],
  ])('%s as the input of a run is told as what it is', async (_name, make) => {
    const { status, error } = await run(flow('<transform:select id="a">input</transform:select>'), mode, { input: make() });
    expect([status, error?.code, error?.nodeId]).toEqual(['failed', 'VALUE_NOT_CLONEABLE', 'a']);
  });

  test('an instance of a class gives its own fields alone, as docs/language.md says', async () => {
    const look = flow('<transform:select id="a">{"has": has(input.total), "all": input}</transform:select>');
    expect(await outputOf(look, mode, { input: new Order() })).toStrictEqual({ has: false, all: { price: 2, count: 3 } });
  });

  test('a map that holds itself as key and value passes through', async () => {
    const map = new Map<unknown, unknown>();
    map.set(map, [map]);
    const { output } = await run(flow('<transform:select id="a">input</transform:select>'), mode, { input: map });
    const [[key, value]] = [...(output as Map<unknown, unknown[]>)] as [[unknown, unknown[]]];
    expect([key === output, value[0] === output]).toEqual([true, true]);
  });

  test('items that take long to send are each worked on, and the block ends', async () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
    const block = flow('<foreach id="a" items="input"><transform:select id="b">size(item)</transform:select></foreach>');
    expect(await outputOf(block, mode, { input: [{}, wide, wide], width: 2 })).toEqual([0, 20_000, 20_000]);
  });

  test.each([
    ['transform:map', '<transform:map id="a" expression="item"/>', 'NODE_INPUT_INVALID'],
    ['foreach', '<foreach id="a" items="input"><transform:select id="b">item</transform:select></foreach>', 'NODE_INPUT_INVALID'],
    ['ndjson', '<transform:stringify id="a" format="ndjson"/>', 'NODE_INPUT_INVALID'],
    ['json', '<transform:stringify id="a" format="json"/>', 'DATA_TOO_LARGE'],
    ['distinct()', '<transform:select id="a">input.distinct()</transform:select>', 'FLOW_EXPRESSION_BUDGET'],
    ['an expression', '<transform:select id="a">[input[?0], input]</transform:select>', 'FLOW_EXPRESSION_BUDGET'],
  ])('a list of four billion holes is refused in no time by %s', async (_reader, node, code) => {
    const { error } = await run(flow(node), mode, { input: Object.assign([], { length: 2 ** 32 - 1 }) });
    expect(error?.code).toBe(code);
  });

  test('a list of four billion holes passes through, beside anything', async () => {
    const input = [Object.assign([], { length: 2 ** 32 - 1 }), Array.from({ length: 2_000 }, () => ({}))];
    const output = await outputOf(flow('<transform:module id="a" src="kit:identity" input="input"/>'), mode, { input });
    expect((output as unknown[][])[0]?.length).toBe(2 ** 32 - 1);
    expect(renderOutput(output, 0)).toMatch(/^\[{"\$type":"Array","length":4294967295,"entries":\[\]},/);
  });

  test('what would be a million million values in JSON is told to be too large', async () => {
    const laughs = Array.from({ length: 40 }).reduce((inner) => [inner, inner], []);
    const { error } = await run(flow('<transform:stringify id="a" format="json"/>'), mode, { input: laughs });
    expect(error?.code).toBe('DATA_TOO_LARGE');
    const output = await outputOf(flow('<transform:select id="a">input</transform:select>'), mode, { input: laughs });
    expect(() => renderOutput(output, 2)).toThrow(expect.objectContaining({ code: 'DATA_TOO_LARGE' }));
  });

  test.each([1_001, 5_000, 100_000])('nested %i levels deep is told so, and of no stack of ours', async (levels) => {
    const input = Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 0);
    const { error } = await run(flow('<transform:select id="a">input</transform:select>'), mode, { input });
    expect(error).toMatchObject({
      code: 'VALUE_NOT_CLONEABLE',
      message: expect.stringMatching(/levels deep, which is too deep to copy: 1000 are the most/),
      nodeId: 'a',
      hint: expect.stringContaining('Flatten it'),
    });
    expect(error?.cause).toBeUndefined();
  });

  test.each([
    ['a MessagePort', () => new MessageChannel().port1, 'is a MessagePort'],
    ['a Blob', () => new Blob(['a']), 'is a Blob'],
  ])('%s is named with its place', async (_name, make, what) => {
    for (const beside of [null, new Uint8Array(100_000)]) {
      const { error } = await run(flow('<transform:select id="a">input</transform:select>'), mode, {
        input: { deep: [beside, make()] },
      });
      expect([error?.code, error?.message]).toEqual(['VALUE_NOT_CLONEABLE', expect.stringContaining(`$.deep[1] ${what}`)]);
    }
  });
});
