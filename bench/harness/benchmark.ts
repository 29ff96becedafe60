import type { Side } from './median-interval.js';
import { renderRow } from './render.js';
import type { Spread } from './statistics.js';

/** One figure and the goal it stands against. */
export interface Check {
  /** What the figure is, where a row has several. */
  readonly label?: string;
  readonly value: Spread;
  readonly goal: Goal;
  /** Where an interval of the median decides and not the median itself. */
  readonly side?: Side;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number } | 'none';

/** What a benchmark found out. */
export interface Findings {
  readonly checks: readonly Check[];
  /** The figures behind the ratios, and what is known of why a goal is missed. */
  readonly notes?: readonly string[];
}

/** For a question that cannot be asked here and now; the row says why. */
export class NotMeasurable extends Error {}

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly what: string;
  readonly checks: readonly (Check & { readonly holds: boolean })[];
  /** `none` for figures without a goal, `unmeasured` when there are none. */
  readonly verdict: 'holds' | 'falls short' | 'none' | 'unmeasured';
  readonly notes: readonly string[];
  readonly durationMs: number;
}

/** Sent before a row, so that one who gives up waiting knows for what. */
export interface Started {
  readonly what: string;
}

/** Answers one question and reports it: to the process that asked, else in words. */
export async function benchmark(name: string, what: string, measure: () => Promise<Findings>): Promise<void> {
  const began = performance.now();
  process.send?.({ what } satisfies Started);
  const findings = await measure().catch(excuse);
  const checks = findings.checks.map((check) => ({ ...check, holds: holds(check) }));
  const row = { name, what, checks, verdict: judge(checks), notes: findings.notes ?? [], durationMs: performance.now() - began };
  if (process.send === undefined) process.stdout.write(`${renderRow(row)}\n`);
  else process.send(row);
  // A pool that does not end by itself must not hold up the next benchmark.
  if (process.send === undefined) process.exit();
  process.once('disconnect', () => process.exit());
}

function excuse(thrown: unknown): Findings {
  if (thrown instanceof NotMeasurable) return { checks: [], notes: [thrown.message] };
  return { checks: [], notes: [`it failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`] };
}

function judge(checks: Row['checks']): Row['verdict'] {
  if (checks.length === 0) return 'unmeasured';
  if (checks.every(({ goal }) => goal === 'none')) return 'none';
  return checks.every((check) => check.holds) ? 'holds' : 'falls short';
}

function holds({ value: { median }, goal, side }: Check): boolean {
  if (goal === 'none') return true;
  if (side !== undefined) return side === ('atMost' in goal ? 'below' : 'above');
  return 'atMost' in goal ? median <= goal.atMost : median >= goal.atLeast;
}
