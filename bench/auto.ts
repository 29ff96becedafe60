// Is auto ever slower than the better of async and threads, over a grid of task time and payload?
import type { Engine } from 'flowscript';
import { benchmark, NotMeasurable } from './harness/benchmark.js';
import { engineOf, flow, run } from './harness/flows.js';
import { collectGarbage, interleave, timeOf } from './harness/interleave.js';
import { ratio, type Spread, spread } from './harness/statistics.js';

const taskSteps = { '20 µs': 2e4, '0.4 ms': 4e5, '8 ms': 8e6 } as const;
const payloadBytes = { '100 B': 100, '64 KB': 64_000, '1 MB': 1_000_000 } as const;
/** Computing on one thread and bytes to move that a cell may take: tens of milliseconds, for less is lost in the noise. */
const cellSteps = 6e7;
const cellBytes = 3e7;
const cellBudgetMs = 8_000;
/** Runs of a flow in which threads start, code gets warm and `auto` knows little: told apart from all later ones. */
const firstRuns = 3;
/** Equally many in each cell: of fewer in the slow ones the worst of nine cells would be one of those by chance. */
const laterRuns = 10;

await benchmark('auto', 'auto against the better of async and threads', async () => {
  const cells: Cell[] = [];
  for (const [task, steps] of Object.entries(taskSteps)) {
    for (const [payload, bytes] of Object.entries(payloadBytes)) {
      cells.push({ name: `${task} x ${payload}`, ...(await measureCell(steps, bytes)) });
    }
  }
  const worst = (key: 'first' | 'better' | 'async' | 'itself') =>
    cells.toSorted((a, b) => b[key].median - a[key].median)[0]?.[key];
  const [worstBetter, worstAsync, worstFirst, worstItself] = [worst('better'), worst('async'), worst('first'), worst('itself')];
  if (worstBetter === undefined || worstAsync === undefined || worstFirst === undefined || worstItself === undefined)
    throw new NotMeasurable('the grid is empty');
  return {
    checks: [
      { label: `worst of ${cells.length} cells`, value: worstBetter, goal: { atMost: 1.05 } },
      { label: 'against async alone, worst', value: worstAsync, goal: { atMost: 1.05 } },
      { label: `first ${firstRuns} runs of a flow, worst`, value: worstFirst, goal: { atMost: 1.05 } },
      { label: 'async against itself, worst', value: worstItself, goal: 'none' },
    ],
    notes: cells.map(
      ({ name, better, first, itself, threadsRatio, ms }) =>
        `${name}: ${better.median.toFixed(2)} (first runs ${first.median.toFixed(2)}, async ${ms.toFixed(0)} ms, against itself ${itself.median.toFixed(2)}, threads/async ${threadsRatio.toFixed(2)})`,
    ),
  };
});

interface Cell {
  readonly name: string;
  /** As `better`, in the first runs. */
  readonly first: Spread;
  /** `auto` against whichever of the two is faster here, and against `async`. */
  readonly better: Spread;
  readonly async: Spread;
  /** A second engine in mode `async` against the first: what the noise alone makes of a ratio. */
  readonly itself: Spread;
  readonly threadsRatio: number;
  /** Median of `async`. */
  readonly ms: number;
}

type Engines = Readonly<Record<'async' | 'again' | 'threads' | 'auto', Engine>>;

/** New ones for each cell: threads that had all cells before are warmer than those of `auto`, which had some of them on this thread. */
function openEngines(): Engines {
  const [async, again, threads, auto] = [engineOf('async'), engineOf('async'), engineOf('threads'), engineOf('auto')];
  if (async === undefined || again === undefined || threads === undefined || auto === undefined)
    throw new NotMeasurable('this version has no mode auto');
  return { async, again, threads, auto };
}

async function measureCell(steps: number, bytes: number): Promise<Omit<Cell, 'name'>> {
  const engines = openEngines();
  const count = Math.max(4, Math.round(Math.min(cellSteps / steps, cellBytes / bytes)));
  const text = 'x'.repeat(bytes - 1);
  const input = Array.from({ length: count }, (_, index) => ({ steps, rows: [`${text}${index % 10}`] }));
  const workflow = flow(
    '<foreach id="each" items="run.input" item="task"><transform:module id="t" src="./spin-on.js"/></foreach>',
  );
  const side = (engine: Engine) => () => {
    // Of 30 MB a side, what one leaves behind would be collected in the next one's time.
    collectGarbage();
    return timeOf(() => run(engine, workflow, { input }));
  };
  const { async, again, threads, auto } = engines;
  const all = await interleave(
    { async: side(async), threads: side(threads), auto: side(auto), again: side(again) },
    { rounds: firstRuns + laterRuns, warmUps: 0, budgetMs: cellBudgetMs },
  );
  await Promise.all(Object.values(engines).map((engine) => engine.close()));
  const times = (from: number, to?: number) => ({
    async: all.async.slice(from, to),
    again: all.again.slice(from, to),
    threads: all.threads.slice(from, to),
    auto: all.auto.slice(from, to),
  });
  const later = times(firstRuns);
  return {
    first: againstBetter(times(0, firstRuns)),
    better: againstBetter(later),
    async: ratio(later.auto, later.async),
    itself: ratio(later.again, later.async),
    threadsRatio: ratio(later.threads, later.async).median,
    ms: spread(later.async).median,
  };
}

type Times = Readonly<Record<'async' | 'threads' | 'auto', readonly number[]>>;

function againstBetter({ async, threads, auto }: Times): Spread {
  return ratio(auto, spread(threads).median < spread(async).median ? threads : async);
}
