import fc from 'fast-check';
import type { Kind } from '../kind.js';

const acts: readonly (() => string | Promise<string>)[] = [
  () => 'fine',
  () => {
    throw new Error('thrown on purpose');
  },
  () => {
    void Promise.reject(new Error('rejected on purpose'));
    return new Promise((resolve) => setImmediate(() => resolve('fine')));
  },
  () => process.exit(7),
  () => {
    for (;;);
  },
  () => 'fine',
];

/** Breaks every promise, so that it is known to be noticed. By the number of the case. */
export const sabotage: Kind<number> = {
  name: 'sabotage',
  share: 0,
  cases: fc.constant(0),
  check: (_value, seed) => acts[seed % acts.length]?.() ?? 'fine',
};
