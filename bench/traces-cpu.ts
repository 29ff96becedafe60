// How close to the bound do recorded workflows end when they are replayed as CPU work on 2 threads?
import { createEngine } from 'flowscript';
import { benchmark } from './harness/benchmark.js';
import { run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { mean, spread } from './harness/statistics.js';
import { boundOf, createReplay, graphOf, listSchedule, readTraces, strictBoundOf } from './harness/traces.js';

const threads = 2;
/** What the bound of every trace is scaled to. */
const boundMs = 900;

await benchmark('traces-cpu', 'makespan of traces as CPU work on 2 threads', async () => {
  const traces = readTraces();
  const replay = createReplay();
  const engine = createEngine({ mode: 'threads', maxConcurrency: threads });
  const replays = traces.map((trace) => {
    const scale = boundMs / boundOf(graphOf(trace, 1), threads);
    return { trace, graph: graphOf(trace, scale), workflow: replay(trace, scale, 'cpu', 'ready') };
  });
  await run(engine, replays[0]?.workflow ?? replay({ name: 'none', tasks: [] }, 1, 'cpu', 'ready'));
  const sides = Object.fromEntries(
    replays.map(({ workflow, trace, graph }) => [
      trace.name,
      async () => (await timeOf(() => run(engine, workflow))) / boundOf(graph, threads),
    ]),
  );
  const ratios = await interleave(sides, { rounds: 3, warmUps: 0, budgetMs: 16_000 });
  const rounds = Object.values(ratios)[0]?.length ?? 0;
  const means = Array.from({ length: rounds }, (_, round) => mean(Object.values(ratios).map((of) => of[round] as number)));
  // What a schedule by longest path that costs nothing makes of the same tasks: the bound itself is out of reach for many.
  const least = mean(replays.map(({ graph }) => strictBoundOf(graph, threads) / boundOf(graph, threads)));
  const simulated = mean(replays.map(({ graph }) => listSchedule(graph, threads) / boundOf(graph, threads)));
  return {
    checks: [
      { label: 'against max(CP, W/2): mean', value: spread(means), goal: { atMost: 1.05 } },
      { label: 'against a simulated list schedule: mean', value: spread(means.map((each) => each / simulated)), goal: 'none' },
    ],
    notes: [
      `no schedule has less than ${least.toFixed(3)} of the bound on these traces: there is work before and after that cannot be shared`,
      `a list schedule that costs nothing has ${simulated.toFixed(3)}`,
      ...Object.entries(ratios).map(([name, values]) => `${name} ${spread(values).median.toFixed(2)}`),
    ],
  };
});
