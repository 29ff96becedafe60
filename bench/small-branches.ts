// What does a small branch of a 10,000-branch block cost, against a bare piscina.run?
import { createEngine } from 'flowscript';
import { Piscina } from 'piscina';
import { createPlan } from '#src/scheduler/index.js';
import { toVertices } from '#src/validation/index.js';
import { benchmark } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { modulePath } from './harness/modules.js';
import { ratio, spread } from './harness/statistics.js';

const branches = 10_000;

await benchmark('small-branches', 'cost of a small branch of 10,000, against bare piscina.run', async () => {
  const indices = Array.from({ length: branches }, (_, index) => index);
  const branch = (index: number) => `<branch><transform:module id="b${index}" src="./tiny.js" input="${index}"/></branch>`;
  const began = performance.now();
  const workflow = flow(`<parallel id="p">${indices.map(branch).join('')}</parallel>`);
  const readMs = performance.now() - began;
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const pool = new Piscina<number, number>({ filename: modulePath('tiny.js'), minThreads: 2, maxThreads: 2 });
  const planAndRun = () => {
    createPlan(toVertices(workflow.ast, workflow.analysis));
    return run(engine, workflow, { onEvent: () => {} });
  };
  const times = await interleave(
    { flow: () => timeOf(planAndRun), piscina: () => timeOf(() => Promise.all(indices.map((index) => pool.run(index)))) },
    { rounds: 7, budgetMs: 8_000 },
  );
  const perBranch = (ms: number) => `${((ms * 1000) / branches).toFixed(1)} µs`;
  return {
    checks: [{ value: ratio(times.flow, times.piscina), goal: { atMost: 1.3 } }],
    notes: [
      `a branch ${perBranch(spread(times.flow).median)} (plan, dispatch, merge, events), piscina.run ${perBranch(spread(times.piscina).median)}`,
      `reading and checking the file, once, ${perBranch(readMs)}`,
    ],
  };
});
