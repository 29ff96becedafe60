import type { FaultKind } from '../types/events.js';

/** Every kind of fault that chaos can inject, and that it has not yet. */
export function noFaults(): Record<FaultKind, number> {
  return { throw: 0, exit: 0, delay: 0, timeout: 0 };
}

export const faultKinds = Object.keys(noFaults()) as readonly FaultKind[];
