import type { FlowError } from '../errors/flow-error.js';
import type { Paint } from './paint.js';
import { type ErrorRendering, renderError, renderWarning } from './render-error.js';

/** More than these scroll the first ones, which often cause the others, out of sight. */
const mostFaults = 20;

/** The first 20 faults of one flow or command, an empty line between two, how many more there are, and what lists them all. */
export function renderFaults(
  faults: readonly FlowError[],
  rendering: ErrorRendering,
  all = 'flowscript validate --json',
): string {
  const shown = faults.slice(0, mostFaults).map((fault) => renderError(fault, rendering));
  const rest = faults.length - shown.length;
  const more = rest > 0 ? [`and ${rest} more (${all} lists all)`] : [];
  return [...shown, ...more].join('\n\n');
}

/** The first 20 warnings, as faults are shown. */
export function renderWarnings(warnings: readonly FlowError[], rendering: ErrorRendering): string {
  const shown = warnings.slice(0, mostFaults).map((warning) => renderWarning(warning, rendering));
  const rest = warnings.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more warnings`] : [])].join('\n\n');
}

/** The last line of a check, from the number of faults of each file: `3 faults in 2 of 5 flows`, or `5 flows are valid`. */
export function renderFaultCount(counts: readonly number[], paint: Paint): string {
  const faults = counts.reduce((sum, count) => sum + count, 0);
  const faulty = counts.filter((count) => count > 0).length;
  if (faults === 0) return paint('green', counts.length === 1 ? 'The flow is valid' : `${counts.length} flows are valid`);
  const files = counts.length === 1 ? 'the flow' : `${faulty} of ${counts.length} flows`;
  return paint('red', `${faults} ${faults === 1 ? 'fault' : 'faults'} in ${files}`);
}
