import { writeSync } from 'node:fs';
import { asError } from '../errors/as-error.js';
import type { Redactor } from '../errors/redact.js';
import type { ExecutionMode } from '../flowscript.js';
import { exitCodes, isInterruption } from './exit-code.js';
import { pauseExitWatch } from './exit-watch.js';
import { shownPlace, userFrames } from './user-frames.js';

/**
 * Guards a run whose nodes may work on this thread (`async`, `auto`): code that ends the process, or fails outside of any
 * call, is told as what it is and never passes for success. Gives the function that ends the guard: from then on the run has its
 * result, and a promise of a node that is rejected so late is a warning, as it is in a worker.
 */
export function guardProcess(redactor: Redactor, mode: ExecutionMode = 'threads'): () => void {
  /** At the end of a process there is no waiting for a stream. */
  const tell = (line: string): void => {
    writeSync(2, `${redactor.text(line)}\n`);
  };
  const onExit = (code: number): void => {
    if (isInterruption(code)) return;
    tell(`error[WORKER_EXITED] Node code ended the process with exit code ${code} in the middle of the run`);
    tell('  help: Throw an error instead of calling process.exit, or use --mode threads, which survives it.');
    process.exitCode = exitCodes.failed;
  };
  const onUncaught = (error: unknown): void => {
    process.off('exit', onExit);
    const failure = asError(error);
    tell(`error[NODE_FAILED] Node code failed outside of its call: ${failure.message}`);
    for (const frame of userFrames(failure)) tell(`    at ${shownPlace(frame)}`);
    tell('  help: Await every promise and catch what timers throw, or use --mode threads, which survives it.');
    process.exit(exitCodes.failed);
  };
  const watchAgain = pauseExitWatch();
  process.on('exit', onExit);
  process.on('uncaughtException', onUncaught);
  return () => {
    process.off('exit', onExit);
    process.off('uncaughtException', onUncaught);
    watchAgain();
    // In mode `threads` no node ran here, and such a promise is a fault of FlowScript.
    if (mode !== 'threads') process.on('unhandledRejection', (reason) => warnOfUnawaited(asError(reason), redactor));
  };
}

function warnOfUnawaited(error: Error, redactor: Redactor): void {
  const detail = userFrames(error).map((frame) => `    at ${shownPlace(frame)}`);
  process.emitWarning(redactor.text(`A promise that node code does not await was rejected: ${error.message}`), {
    detail: redactor.text(detail.join('\n')),
  });
}
