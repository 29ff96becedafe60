// How much faster are 64 CPU-bound branches of 40 ms on two worker threads than on one thread?
import { createEngine } from 'flowscript';
import { benchmark } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { ratio, spread } from './harness/statistics.js';
import spin from './modules/spin.js';

const branches = 64;
const branchMs = 40;

await benchmark('speed-up', 'threads over async, 64 branches of 40 ms', async () => {
  const steps = await stepsFor(branchMs);
  const branch = (index: number) => `<branch><transform:module id="b${index}" src="./spin.js" input="run.input"/></branch>`;
  const workflow = flow(`<parallel id="p">${Array.from({ length: branches }, (_, index) => branch(index)).join('')}</parallel>`);
  const sides = { async: createEngine({ mode: 'async' }), threads: createEngine({ mode: 'threads', maxConcurrency: 2 }) };
  await run(sides.threads, workflow, { input: 1000 });
  const times = await interleave(
    {
      async: () => timeOf(() => run(sides.async, workflow, { input: steps })),
      threads: () => timeOf(() => run(sides.threads, workflow, { input: steps })),
    },
    { rounds: 4, warmUps: 0 },
  );
  return {
    checks: [{ value: ratio(times.async, times.threads), goal: { atLeast: 1.93 } }],
    notes: [`async ${spread(times.async).median.toFixed(0)} ms, threads ${spread(times.threads).median.toFixed(0)} ms`],
  };
});

/** A fixed amount of work, so that threads that are in each other's way take longer over it. */
async function stepsFor(ms: number): Promise<number> {
  const probe = 2_000_000;
  const times: number[] = [];
  for (let round = 0; round < 15; round++) times.push(await timeOf(() => spin(probe)));
  return Math.round((probe * ms) / spread(times).median);
}
