// Is auto ever slower than the better of async and threads, over a grid of task time and payload?
import type { Engine } from 'flowscript';
import { benchmark, NotMeasurable } from './harness/benchmark.js';
import { engineOf, flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { ratio, type Spread, spread } from './harness/statistics.js';

const taskSteps = { '20 µs': 2e4, '0.4 ms': 4e5, '8 ms': 8e6 } as const;
const payloadBytes = { '100 B': 100, '64 KB': 64_000, '1 MB': 1_000_000 } as const;
/** Computing on one thread and bytes to move that a cell may take. */
const cellSteps = 1e8;
const cellBytes = 1e7;

await benchmark('auto', 'auto against the better of async and threads', async () => {
  const engines = { async: engineOf('async'), threads: engineOf('threads'), auto: engineOf('auto') };
  const { async, threads, auto } = engines;
  if (async === undefined || threads === undefined || auto === undefined)
    throw new NotMeasurable('this version has no mode auto');
  const cells: Cell[] = [];
  for (const [task, steps] of Object.entries(taskSteps)) {
    for (const [payload, bytes] of Object.entries(payloadBytes)) {
      cells.push({ name: `${task} x ${payload}`, ...(await measureCell({ async, threads, auto }, steps, bytes)) });
    }
  }
  const worst = (key: 'better' | 'async') => cells.toSorted((a, b) => b[key].median - a[key].median)[0];
  const [worstBetter, worstAsync] = [worst('better'), worst('async')];
  if (worstBetter === undefined || worstAsync === undefined) throw new NotMeasurable('the grid is empty');
  return {
    checks: [
      { label: `worst of ${cells.length} cells`, value: worstBetter.better, goal: { atMost: 1.05 } },
      { label: 'against async alone, worst', value: worstAsync.async, goal: { atMost: 1.05 } },
    ],
    notes: cells.map(
      ({ name, better, threadsRatio }) => `${name}: ${better.median.toFixed(2)} (threads/async ${threadsRatio.toFixed(2)})`,
    ),
  };
});

interface Cell {
  readonly name: string;
  /** `auto` against whichever of the two is faster here, and against `async`. */
  readonly better: Spread;
  readonly async: Spread;
  readonly threadsRatio: number;
}

type Engines = Readonly<Record<'async' | 'threads' | 'auto', Engine>>;

async function measureCell({ async, threads, auto }: Engines, steps: number, bytes: number): Promise<Omit<Cell, 'name'>> {
  const count = Math.max(4, Math.round(Math.min(cellSteps / steps, cellBytes / bytes)));
  const text = 'x'.repeat(bytes - 1);
  const input = Array.from({ length: count }, (_, index) => ({ steps, rows: [`${text}${index % 10}`] }));
  const workflow = flow(
    '<foreach id="each" items="run.input" item="task"><transform:module id="t" src="./spin-on.js"/></foreach>',
  );
  const side = (engine: Engine) => () => timeOf(() => run(engine, workflow, { input }));
  const times = await interleave(
    { async: side(async), threads: side(threads), auto: side(auto) },
    { rounds: 5, warmUps: 2, budgetMs: 2_000 },
  );
  const isThreadsBetter = spread(times.threads).median < spread(times.async).median;
  return {
    better: ratio(times.auto, isThreadsBetter ? times.threads : times.async),
    async: ratio(times.auto, times.async),
    threadsRatio: ratio(times.threads, times.async).median,
  };
}
