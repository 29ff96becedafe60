// Is auto ever slower than the better of async and threads, over a grid of task time and payload?
//
// A round scatters by 5 to 20 %, so that ten of them mostly do not tell 1.00 from 1.05, and sixty take minutes: `--whole` runs those.
// After each round there is an interval that holds the median of a cell's ratios with 99 %. Once that lies on one side of the goal,
// whichever it is, the cell is decided and ends; one that is not decided by the last round is called undecided, whatever its median.
// Sixty looks at a cell that lies just at the goal decide it in one of twenty cases.
import type { Engine } from 'flowscript';
import { benchmark, NotMeasurable } from './harness/benchmark.js';
import { engineOf, flow, run } from './harness/flows.js';
import { collectGarbage, interleave, timeOf } from './harness/interleave.js';
import { type Interval, medianInterval, type Side, sideOf } from './harness/median-interval.js';
import { ratio, ratios, type Spread, spread } from './harness/statistics.js';

const taskSteps = { '20 µs': 2e4, '0.4 ms': 4e5, '8 ms': 8e6 } as const;
const payloadBytes = { '100 B': 100, '64 KB': 64_000, '1 MB': 1_000_000 } as const;
/** Computing on one thread and bytes to move that a cell may take: tens of milliseconds, for less is lost in the noise. */
const cellSteps = 6e7;
const cellBytes = 3e7;
/** With `--whole` cells have the time to be decided. */
const isWhole = process.argv.includes('--whole');
/** For all cells, for one of them at most, and what is left for each of those to come: on a slow machine the last ones have fewer rounds. */
const budgetMs = isWhole ? { all: 540_000, cell: 60_000, reserved: 60_000 } : { all: 39_000, cell: 8_000, reserved: 3_000 };
/** Runs of a flow in which threads start, code gets warm and `auto` knows little: told apart from all later ones. */
const firstRuns = 3;
/** At most: as many in each cell, for of fewer in the slow ones the worst of nine cells would be one of those by chance. */
const laterRuns = isWhole ? 60 : 10;
const atMost = 1.05;
const chance = 0.99;

await benchmark('auto', 'auto against the better of async and threads', async () => {
  const cells: Cell[] = [];
  const grid = Object.entries(taskSteps).flatMap((task) =>
    Object.entries(payloadBytes).map((payload) => [task, payload] as const),
  );
  const end = performance.now() + budgetMs.all;
  for (const [[task, steps], [payload, bytes]] of grid) {
    const reservedMs = (grid.length - cells.length - 1) * budgetMs.reserved;
    const cellBudgetMs = Math.min(budgetMs.cell, end - performance.now() - reservedMs);
    cells.push({ name: `${task} x ${payload}`, ...(await measureCell(steps, bytes, cellBudgetMs)) });
  }
  const worst = (key: 'first' | 'better' | 'async' | 'itself') =>
    cells.toSorted((a, b) => b[key].median - a[key].median)[0]?.[key];
  const [worstBetter, worstAsync, worstFirst, worstItself] = [worst('better'), worst('async'), worst('first'), worst('itself')];
  if (worstBetter === undefined || worstAsync === undefined || worstFirst === undefined || worstItself === undefined)
    throw new NotMeasurable('the grid is empty');
  const count = (side: Side) => cells.filter(({ interval }) => sideOf(atMost, interval) === side).length;
  const decided = count('below') === cells.length ? 'below' : 'undecided';
  return {
    checks: [
      {
        label: `worst of ${cells.length} cells`,
        value: worstBetter,
        goal: { atMost },
        side: count('above') > 0 ? 'above' : decided,
      },
      { label: 'against async alone, worst', value: worstAsync, goal: { atMost } },
      { label: `first ${firstRuns} runs of a flow, worst`, value: worstFirst, goal: { atMost } },
      { label: 'async against itself, worst', value: worstItself, goal: 'none' },
    ],
    notes: [
      `of ${cells.length} cells ${count('below')} lie below ${atMost}x, ${count('above')} above, ${count('undecided')} are undecided`,
      ...cells.map(renderCell),
    ],
  };
});

interface Cell {
  readonly name: string;
  /** As `better`, in the first runs. */
  readonly first: Spread;
  /** `auto` against whichever of the two is faster here, and against `async`. */
  readonly better: Spread;
  readonly interval: Interval;
  /** Later ones. */
  readonly rounds: number;
  readonly async: Spread;
  /** A second engine in mode `async` against the first: what the noise alone makes of a ratio. */
  readonly itself: Spread;
  readonly itselfInterval: Interval;
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

async function measureCell(steps: number, bytes: number, cellBudgetMs: number): Promise<Omit<Cell, 'name'>> {
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
    {
      ...{ rounds: firstRuns + laterRuns, warmUps: 0, budgetMs: cellBudgetMs },
      isEnough: (times) => sideOf(atMost, intervalOf(againstBetter(part(times, firstRuns)))) !== 'undecided',
    },
  );
  await Promise.all(Object.values(engines).map((engine) => engine.close()));
  const later = part(all, firstRuns);
  const better = againstBetter(later);
  const itself = ratios(later.again, later.async);
  return {
    first: spread(againstBetter(part(all, 0, firstRuns))),
    better: spread(better),
    interval: intervalOf(better),
    rounds: better.length,
    async: ratio(later.auto, later.async),
    itself: spread(itself),
    itselfInterval: intervalOf(itself),
    threadsRatio: ratio(later.threads, later.async).median,
    ms: spread(later.async).median,
  };
}

type Times = Readonly<Record<keyof Engines, readonly number[]>>;

function part({ async, again, threads, auto }: Times, from: number, to?: number): Times {
  return {
    async: async.slice(from, to),
    again: again.slice(from, to),
    threads: threads.slice(from, to),
    auto: auto.slice(from, to),
  };
}

/** By round; none before the first has ended. */
function againstBetter({ async, threads, auto }: Times): readonly number[] {
  if (auto.length === 0) return [];
  return ratios(auto, spread(threads).median < spread(async).median ? threads : async);
}

function intervalOf(values: readonly number[]): Interval {
  return medianInterval(values, chance);
}

function renderCell({ name, better, interval, rounds, first, itself, itselfInterval, threadsRatio, ms }: Cell): string {
  const against = `${better.median.toFixed(2)} (${renderInterval(interval)}, ${sideOf(atMost, interval)} after ${rounds} rounds)`;
  const noise = `async against itself ${itself.median.toFixed(2)} (${renderInterval(itselfInterval)})`;
  return `${name}: ${against}, first runs ${first.median.toFixed(2)}, ${noise}, async ${ms.toFixed(0)} ms, threads/async ${threadsRatio.toFixed(2)}`;
}

function renderInterval({ low, high }: Interval): string {
  return Number.isFinite(high) ? `${low.toFixed(2)} to ${high.toFixed(2)}` : 'any';
}
