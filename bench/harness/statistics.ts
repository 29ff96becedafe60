/** What several measurements of one thing say. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of at least one value. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('Expected at least one measurement');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (position: number) => sorted[position] as number;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/** `a` for each `b`, round by round: what disturbs the machine for a while disturbs both sides of a round. */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  return spread(ratios(a, b));
}

/** The same by round. */
export function ratios(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new RangeError('Expected both sides to have run equally often');
  return a.map((value, round) => value / (b[round] as number));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
