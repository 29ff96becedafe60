import { describe, expect, test } from 'vitest';
import { flow, modes, run } from './run-flow.js';

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

  test('a map that holds itself as key and value passes through', async () => {
    const map = new Map<unknown, unknown>();
    map.set(map, [map]);
    const { output } = await run(flow('<transform:select id="a">input</transform:select>'), mode, { input: map });
    const [[key, value]] = [...(output as Map<unknown, unknown[]>)] as [[unknown, unknown[]]];
    expect([key === output, value[0] === output]).toEqual([true, true]);
  });
});
