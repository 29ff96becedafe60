import type { IterationOutcome, NodeRecord } from './types.js';

/** What is known of an iteration that has ended, or goes on. */
type Worked = IterationOutcome | { readonly status: 'begun'; readonly nodes: readonly NodeRecord[] };

export interface Work {
  /** Iterations that it was done on. */
  readonly items: number;
  readonly sumMs: number;
  /** On the longest of them. */
  readonly peakMs: number;
}

/** Time inside the nodes. What was cancelled before it began, or could not be sent, says nothing of how long it takes. */
export function workOf(outcomes: readonly Worked[]): Work {
  let items = 0;
  let sumMs = 0;
  let peakMs = 0;
  for (const outcome of outcomes) {
    let ownMs = outcome.status === 'failed' ? outcome.durationMs : 0;
    if (ownMs === 0 && outcome.nodes.length === 0) continue;
    for (const { durationMs } of outcome.nodes) ownMs += durationMs;
    items++;
    sumMs += ownMs;
    peakMs = Math.max(peakMs, ownMs);
  }
  return { items, sumMs, peakMs };
}
