import { exitCodes } from './exit-code.js';

export interface Interruption {
  /** Aborts on the first signal. */
  readonly signal: AbortSignal;
  /** The exit code the first signal asks for; `undefined` while there was none. */
  exitCode(): typeof exitCodes.interrupted | typeof exitCodes.terminated | undefined;
  /** Gives Ctrl-C back its usual meaning. */
  release(): void;
}

/**
 * A second signal sooner than this is the first one again: under npm and npx both the terminal and npm pass Ctrl-C on.
 */
const echoMs = 100;

/**
 * The first Ctrl-C (or SIGTERM) aborts and says so through `note`; the second ends the process at once, after `beforeKill`.
 */
export function watchInterrupts(note: (line: string) => void, beforeKill: () => void): Interruption {
  const controller = new AbortController();
  let first: { readonly code: 130 | 143; readonly at: number } | undefined;

  const onSignal = (name: NodeJS.Signals) => {
    const code = name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    const now = performance.now();
    if (first === undefined) {
      first = { code, at: now };
      note(`Stopping: no new work starts, running work is cancelled. Press Ctrl-C again to kill it.`);
      controller.abort(new Error(`Interrupted by ${name}`));
    } else if (now - first.at >= echoMs) {
      beforeKill();
      process.exit(code);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => first?.code,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
