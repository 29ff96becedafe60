// How long do 64 branches take that read one field each of one 16 MB output, against a clone of it all for each?
import { benchmark } from './harness/benchmark.js';
import { interleave } from './harness/interleave.js';
import { createCloningSide, createReadingEngine, createState, readingFlow, readingTime } from './harness/shared-state.js';
import { ratio, spread } from './harness/statistics.js';

await benchmark('shared-field', '64 readers of one field each of a 16 MB output, against a clone a branch', async () => {
  const engine = await createReadingEngine();
  const workflow = readingFlow('field');
  const times = await interleave(
    { flow: () => readingTime(engine, workflow), clones: createCloningSide(createState()) },
    { rounds: 3, warmUps: 0, budgetMs: 12_000 },
  );
  return {
    checks: [{ value: ratio(times.flow, times.clones), goal: { atMost: 0.1 } }],
    notes: [
      `from the output to the last reader ${spread(times.flow).median.toFixed(0)} ms, by clones ${spread(times.clones).median.toFixed(0)} ms (8 of them, times 8)`,
    ],
  };
});
