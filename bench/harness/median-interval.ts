/** Where the median of what is measured lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * An interval that holds the median with at least this chance, whatever the distribution: from the k-th smallest value to the k-th
 * largest, since the number of values below the median is binomial (Conover, Practical Nonparametric Statistics, section 3.2).
 * Without bounds where there are too few values for any.
 */
export function medianInterval(values: readonly number[], chance: number): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const outside = (1 - chance) / 2;
  let rank = 0;
  let exactly = 2 ** -sorted.length;
  for (let atMost = exactly; atMost <= outside; atMost += exactly) {
    rank++;
    exactly *= (sorted.length - rank + 1) / rank;
  }
  return { low: sorted[rank - 1] ?? Number.NEGATIVE_INFINITY, high: sorted[sorted.length - rank] ?? Number.POSITIVE_INFINITY };
}

/** On which side of a goal the median lies. */
export type Side = 'below' | 'above' | 'undecided';

export function sideOf(goal: number, { low, high }: Interval): Side {
  if (high <= goal) return 'below';
  return low > goal ? 'above' : 'undecided';
}
