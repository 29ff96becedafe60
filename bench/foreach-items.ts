// How much faster is a foreach over 100,000 tiny items than a piscina.run for each?
import { createEngine } from 'flowscript';
import { Piscina } from 'piscina';
import { benchmark } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { modulePath } from './harness/modules.js';
import { ratio, spread } from './harness/statistics.js';

await benchmark('foreach-items', 'foreach over 100,000 tiny items, against Promise.all of piscina.run', async () => {
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  const workflow = flow('<foreach id="each" items="run.input" item="n"><transform:module id="t" src="./tiny.js"/></foreach>');
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const pool = new Piscina<number, number>({ filename: modulePath('tiny.js'), minThreads: 2, maxThreads: 2 });
  const few = items.slice(0, 5_000);
  await Promise.all([run(engine, workflow, { input: few }), ...few.map((item) => pool.run(item))]);
  const times = await interleave(
    {
      foreach: () => timeOf(() => run(engine, workflow, { input: items })),
      piscina: () => timeOf(() => Promise.all(items.map((item) => pool.run(item)))),
    },
    { rounds: 3, warmUps: 0, budgetMs: 10_000 },
  );
  const perItem = (all: readonly number[]) => `${(spread(all).median / 100).toFixed(2)} µs`;
  return {
    checks: [{ label: 'times faster', value: ratio(times.piscina, times.foreach), goal: { atLeast: 8 } }],
    notes: [`an item ${perItem(times.foreach)}, piscina.run ${perItem(times.piscina)}`],
  };
});
