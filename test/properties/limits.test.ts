import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/index.js';
import { flow } from '../faults/flows.js';

const engines = new Map<string, Engine>();
afterAll(() => Promise.all([...engines.values()].map((engine) => engine.close())));

function engineOf(mode: 'threads' | 'async', maxConcurrency: number): Engine {
  const key = `${mode} ${maxConcurrency}`;
  const engine = engines.get(key) ?? createEngine({ mode, maxConcurrency, graceMs: 0 });
  engines.set(key, engine);
  return engine;
}

const anyCase = fc
  .record({
    mode: fc.constantFrom('threads', 'async'),
    engineWidth: fc.integer({ min: 1, max: 3 }),
    blockWidth: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    limit: fc.integer({ min: 0, max: 2 }),
    delayMs: fc.constantFrom(0, 1, 20),
    batch: fc.constantFrom('auto', '1', '4'),
    cancelMs: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 3 }),
    items: fc.array(
      fc.record({
        mood: fc.constantFrom('throw', 'throw', 'throw', 'hang', 'loop', 'exit'),
        fails: fc.constantFrom(0, 0, 0, 1, 2, 3),
        value: fc.integer(),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map((drawn) => {
    // Only a thread can be stopped, or exit, without the process.
    const items = drawn.mode === 'threads' ? drawn.items : drawn.items.map((item) => ({ ...item, mood: tame(item.mood) }));
    return { ...drawn, mode: drawn.mode as 'threads' | 'async', items };
  });

function tame(mood: string): string {
  return mood === 'hang' ? mood : 'throw';
}

it('ends, and as it must, whatever limits, retries, timeouts and cancels meet', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ mode, engineWidth, blockWidth, limit, delayMs, batch, cancelMs, items }) => {
      const width = blockWidth === undefined ? '' : `maxConcurrency="${blockWidth}"`;
      const retry = `<retry limit="${limit}" delay="${delayMs}ms"/>`;
      const workflow = flow(`<foreach id="all" items="run.input" onError="continue" batch="${batch}" ${width}>
        <transform:module id="one" src="./moody.mjs" timeout="600ms">${limit === 0 ? '' : retry}</transform:module></foreach>`);
      const signal = cancelMs === undefined ? undefined : AbortSignal.timeout(cancelMs);
      const retried: string[] = [];
      const { status, output } = await engineOf(mode, engineWidth).run(workflow, {
        input: items,
        ...(signal === undefined ? {} : { signal }),
        onEvent: (event) => event.type === 'node.retrying' && retried.push(event.path),
      });
      const isRetriedAsOftenAs = (most: number, index: number) =>
        retried.filter((path) => path === `all[${index}]/one`).length <= most;
      for (const [index, { fails }] of items.entries()) expect(isRetriedAsOftenAs(Math.min(fails, limit), index)).toBe(true);
      if (status === 'cancelled') expect(signal?.aborted).toBe(true);
      else expect([status, output]).toEqual(['completed', items.map(({ fails, value }) => (fails <= limit ? value : null))]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 240_000);
