import type { FlowError } from './flow-error.js';

/** Compares by place. What has none, such as how many faults are not listed, comes last. */
export function inFileOrder(a: FlowError, b: FlowError): number {
  const nowhere = Number.MAX_SAFE_INTEGER;
  return (a.source?.line ?? nowhere) - (b.source?.line ?? nowhere) || (a.source?.column ?? 0) - (b.source?.column ?? 0);
}
