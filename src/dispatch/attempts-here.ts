import { channel } from 'node:diagnostics_channel';
import type { Attempt } from './attempt.js';

/**
 * Told of every attempt that begins on the main thread. An AsyncLocalStorage that is bound to it has the attempt in all that its
 * code leaves behind. Costs nothing while nobody listens.
 */
export const attemptsHere = channel('flowscript.attempts-here');

/** Runs code of an attempt, so that whoever listens can tell what it leaves behind from what others do. */
export function enterHere<T>(attempt: Attempt, run: () => T): T {
  return attemptsHere.hasSubscribers ? attemptsHere.runStores(attempt, run) : run();
}
