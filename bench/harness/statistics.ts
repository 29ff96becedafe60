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

export function ratios(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new RangeError('Expected both sides to have run equally often');
  return a.map((value, round) => value / (b[round] as number));
}

/**
 * Standard error of the median of these, from the distance of their quartiles: of n normal values with deviation s it is
 * 1.2533 s / sqrt(n), and their quartiles are 1.349 s apart.
 */
export function medianError(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return (1.2533 * (at(0.75) - at(0.25))) / 1.349 / Math.sqrt(values.length);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
