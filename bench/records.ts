// What does a record cost a run: on real work, and an item of a foreach over tiny ones?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from 'flowscript';
import { benchmark } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { ratio, spread } from './harness/statistics.js';

const rounds = { rounds: 5, warmUps: 1, budgetMs: 20_000 };

await benchmark('records', 'a run that leaves a record, against one that leaves none', async () => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'flowscript-bench-records-'));
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const both = (nodes: string, input: unknown) => {
    const workflow = flow(nodes);
    return interleave(
      {
        with: () => timeOf(() => run(engine, workflow, { input, record: { keep: 2 }, stateDirectory })),
        without: () => timeOf(() => run(engine, workflow, { input })),
      },
      rounds,
    );
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const work = await both(
    '<foreach id="each" items="run.input" item="n"><transform:module id="t" src="./spin.js"/></foreach>',
    new Array<number>(200).fill(5_000_000),
  );
  const tiny = await both(
    '<foreach id="each" items="run.input" item="n"><transform:module id="t" src="./tiny.js"/></foreach>',
    numbers(100_000),
  );
  await engine.close();
  rmSync(stateDirectory, { recursive: true, force: true });
  const each = (times: readonly number[]) => (spread(times).median / 100).toFixed(2);
  return {
    checks: [
      { label: '200 items of about 5 ms', value: ratio(work.with, work.without), goal: { atMost: 1.05 } },
      { label: '100,000 tiny items', value: ratio(tiny.with, tiny.without), goal: 'none' },
    ],
    notes: [`a tiny item ${each(tiny.with)} µs with a record, ${each(tiny.without)} µs without`],
  };
});
