import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, it } from 'vitest';
import { type MixedPart, mixedPart, weighed } from '#src/transport/part.js';
import { Weights } from '#src/transport/weight.js';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;
const mebibyte = 1024 * 1024;
const counted = () => process.memoryUsage().arrayBuffers / mebibyte;

it('counts what a thread holds, by blocks that outlast values which are gone at once', async () => {
  const weights = new Weights();
  const before = counted();
  weights.add({}, 60 * mebibyte);
  expect(counted() - before).toBeLessThan(10);
  weights.add({}, 10 * mebibyte);
  expect(counted() - before).toBeGreaterThan(200);
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    const atRest = counted();
    weights.add({}, mebibyte);
    // A new block is what makes V8 collect: one for each value would be a collection for each value.
    expect(counted() - atRest).toBeLessThan(10);
  }
});

it('counts each holder once, and what it counts stays behind when the holder is sent', () => {
  const weights = new Weights();
  const before = counted();
  const holder = { id: 'a' };
  weights.add({}, 64 * mebibyte);
  for (let round = 0; round < 20; round++) weights.add(holder, 100 * mebibyte);
  expect(counted() - before).toBeLessThan(300);
  const sent = structuredClone(holder);
  expect(counted() - before).toBeLessThan(300);
  expect([Reflect.ownKeys(sent), JSON.stringify(holder)]).toEqual([['id'], '{"id":"a"}']);
});

it('counts of a value with large members what is around them, too', () => {
  const { base } = weighed(mixedPart({ rest: 'x'.repeat(100 * mebibyte) }, [])) as MixedPart;
  expect(Object.getOwnPropertySymbols(base)).toHaveLength(1);
});
