// With timed waits, 64 at a time: how close does schedule="ready" come to a list schedule, and is it ever slower than "waves"?
import { createEngine } from 'flowscript';
import { benchmark } from './harness/benchmark.js';
import { run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { mean, ratio, type Spread, spread } from './harness/statistics.js';
import { boundOf, createReplay, graphOf, listSchedule, readTraces } from './harness/traces.js';

const width = 64;
/** What the bound of every trace is scaled to. */
const boundMs = 500;
/** Ready and waves are the same schedule on some traces; their times then differ by chance. */
const tie = 1.02;

interface Replayed {
  readonly name: string;
  /** `ready` against the list schedule, by round. */
  readonly overList: readonly number[];
  readonly overWaves: Spread;
}

await benchmark('traces-wait', 'makespan of traces as waits, 64 at a time', async () => {
  const replay = createReplay();
  const engine = createEngine({ mode: 'threads', maxConcurrency: width });
  const results: Replayed[] = [];
  for (const trace of readTraces()) {
    const scale = boundMs / boundOf(graphOf(trace, 1), width);
    const scheduled = listSchedule(graphOf(trace, scale), width);
    const [ready, waves] = [replay(trace, scale, 'wait', 'ready'), replay(trace, scale, 'wait', 'waves')];
    // The first run of all starts 64 threads, the first of each trace tells them what there is to run.
    const times = await interleave(
      { ready: () => timeOf(() => run(engine, ready)), waves: () => timeOf(() => run(engine, waves)) },
      { rounds: 2 },
    );
    const overList = times.ready.map((ms) => ms / scheduled);
    results.push({ name: trace.name, overList, overWaves: ratio(times.ready, times.waves) });
  }
  const means = [0, 1].map((round) => mean(results.map(({ overList }) => overList[round] as number)));
  const worst = results.toSorted((a, b) => b.overWaves.median - a.overWaves.median)[0]?.overWaves ?? spread([1]);
  return {
    checks: [
      { label: 'ready, against a list schedule: mean', value: spread(means), goal: { atMost: 1.05 } },
      { label: 'ready, against waves: worst', value: worst, goal: { atMost: tie } },
    ],
    notes: results.map(
      ({ name, overList, overWaves }) =>
        `${name} ${spread(overList).median.toFixed(3)} (waves ${(1 / overWaves.median).toFixed(2)}x of ready)`,
    ),
  };
});
