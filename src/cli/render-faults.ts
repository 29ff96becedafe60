import type { FlowError } from '../errors/flow-error.js';
import type { Paint } from './paint.js';
import { type ErrorRendering, renderError } from './render-error.js';

/** All faults of one flow, an empty line between two. */
export function renderFaults(faults: readonly FlowError[], rendering: ErrorRendering): string {
  return faults.map((fault) => renderError(fault, rendering)).join('\n\n');
}

/** The last line of a check, from the number of faults of each file: `3 faults in 2 of 5 flows`, or `5 flows are valid`. */
export function renderFaultCount(counts: readonly number[], paint: Paint): string {
  const faults = counts.reduce((sum, count) => sum + count, 0);
  const faulty = counts.filter((count) => count > 0).length;
  if (faults === 0) return paint('green', counts.length === 1 ? 'The flow is valid' : `${counts.length} flows are valid`);
  const files = counts.length === 1 ? 'the flow' : `${faulty} of ${counts.length} flows`;
  return paint('red', `${faults} ${faults === 1 ? 'fault' : 'faults'} in ${files}`);
}
