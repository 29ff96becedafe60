// How much sooner are 64 read-only readers of one 16 MB output done than with a clone for each?
import { benchmark } from './harness/benchmark.js';
import { interleave } from './harness/interleave.js';
import { createCloningSide, createReadingEngine, createState, readingFlow, readingTime } from './harness/shared-state.js';
import { ratio, spread } from './harness/statistics.js';

await benchmark('shared-wall', '64 read-only readers of one 16 MB output, against a clone a branch', async () => {
  const engine = await createReadingEngine();
  const workflow = readingFlow('wholeReadonly');
  const times = await interleave(
    { flow: () => readingTime(engine, workflow), clones: createCloningSide(createState()) },
    { rounds: 3, warmUps: 0, budgetMs: 12_000 },
  );
  return {
    checks: [{ label: 'times faster', value: ratio(times.clones, times.flow), goal: { atLeast: 15 } }],
    notes: [
      `from the output to the last reader ${spread(times.flow).median.toFixed(0)} ms, by clones ${spread(times.clones).median.toFixed(0)} ms (8 of them, times 8)`,
    ],
  };
});
