import type { Bound } from './bench-work.js';

/** One run of the flow. */
export interface BenchRun {
  readonly mode: string;
  readonly wallMs: number;
  /** Encoding and decoding values on the main thread. */
  readonly movingMs: number;
}

/** What a flow's runs say, mode by mode. Times are milliseconds. */
export interface BenchReport {
  readonly runs: number;
  readonly cores: number;
  readonly workers: number;
  readonly bound: Bound;
  readonly modes: readonly ModeFigures[];
}

export interface ModeFigures {
  readonly mode: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Against `async`, round by round. */
  readonly speedUp: Spread;
  /** Median speed-up for each core. */
  readonly efficiency: number;
  /** Share of the run's time in which the main thread encoded or decoded values. */
  readonly movingShare: number;
  /** Median time for each millisecond of the bound; 1 is the best there can be. */
  readonly overBound: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The figures of interleaved runs: the n-th runs of all modes make up a round.
 * @param runs with as many of `async` as of every other mode
 */
export function summarise(
  runs: readonly BenchRun[],
  bound: Bound,
  machine: { readonly cores: number; readonly workers: number },
): BenchReport {
  const modes = [...new Set(runs.map(({ mode }) => mode))];
  const timesOf = (mode: string) => runs.filter((run) => run.mode === mode).map(({ wallMs }) => wallMs);
  const base = timesOf('async');
  const figures = modes.map((mode): ModeFigures => {
    const times = timesOf(mode);
    const { median, min, max } = spread(times);
    const speedUp = spread(times.map((ms, round) => (base[round] ?? ms) / ms));
    const shares = runs.filter((run) => run.mode === mode).map(({ movingMs, wallMs }) => movingMs / wallMs);
    return {
      ...{ mode, medianMs: median, minMs: min, maxMs: max, speedUp },
      efficiency: speedUp.median / machine.cores,
      movingShare: spread(shares).median,
      overBound: bound.boundMs === 0 ? Number.POSITIVE_INFINITY : median / bound.boundMs,
    };
  });
  return { runs: base.length, ...machine, bound, modes: figures };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  const high = sorted[Math.floor(middle)] ?? 0;
  return { median: (low + high) / 2, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
