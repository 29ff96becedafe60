import { channel } from 'node:diagnostics_channel';
import type { Attempt } from './attempt.js';

/**
 * Told of every attempt of user code that begins on the main thread. An AsyncLocalStorage that is bound to it has the attempt in all that its
 * code leaves behind. Costs nothing while nobody listens.
 */
export const attemptsHere = channel('flowscript.attempts-here');

/** Runs code of an attempt, so that whoever listens can tell what it leaves behind. Nodes of FlowScript leave nothing behind. */
export function enterHere<T>(attempt: Attempt, run: () => T, isUserCode: boolean): T {
  return isUserCode && attemptsHere.hasSubscribers ? attemptsHere.runStores(attempt, run) : run();
}
