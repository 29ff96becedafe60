// How long do 64 branches that read one 16 MB output block the main thread, against serialising it once?
import v8 from 'node:v8';
import { benchmark } from './harness/benchmark.js';
import { run } from './harness/flows.js';
import { busyTimeOf, collectGarbage, interleave, timeOf } from './harness/interleave.js';
import { createReadingEngine, createState, readingFlow } from './harness/shared-state.js';
import { ratio, spread } from './harness/statistics.js';

await benchmark('shared-blocked', '64 readers of one 16 MB output: main thread busy, against one v8.serialize', async () => {
  const engine = await createReadingEngine();
  const workflow = readingFlow('default');
  const times = await interleave(
    {
      flow: () => {
        collectGarbage();
        return busyTimeOf(() => run(engine, workflow));
      },
      serialize: () => {
        const state = createState();
        collectGarbage();
        return timeOf(() => v8.serialize(state));
      },
    },
    { rounds: 3, warmUps: 0, budgetMs: 12_000 },
  );
  return {
    checks: [{ value: ratio(times.flow, times.serialize), goal: { atMost: 1.3 } }],
    notes: [
      `busy ${spread(times.flow).median.toFixed(0)} ms in the whole run, v8.serialize ${spread(times.serialize).median.toFixed(0)} ms`,
      'readers that may write: each has a copy of its own',
    ],
  };
});
