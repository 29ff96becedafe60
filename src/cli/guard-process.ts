import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import type { Attempt } from '../dispatch/attempt.js';
import { attemptsHere } from '../dispatch/attempts-here.js';
import { warnOfStray } from '../dispatch/warn-of-stray.js';
import { asError } from '../errors/as-error.js';
import { nodeName } from '../errors/node-name.js';
import type { Redactor } from '../errors/redact.js';
import type { ExecutionMode } from '../flowscript.js';
import { exitCodes, isInterruption } from './exit-code.js';
import { endByUncaught, pauseExitWatch } from './exit-watch.js';
import { shownPlace, userFrames } from './user-frames.js';

/**
 * Guards runs whose nodes may work on this thread (`async`, `auto`). An error that nobody catches fails the attempt that it came
 * from, or is a warning when that has ended, as in a worker. Code that ends the process, or fails outside of any attempt, is told
 * as what it is, and of which node it is where that is known, and never passes for success. Gives the function that ends the guard: from then on the runs have their results.
 */
export function guardProcess(redactor: Redactor, mode: ExecutionMode = 'threads'): () => void {
  const attempts = new AsyncLocalStorage<Attempt>();
  let isOver = false;
  /** At the end of a process there is no waiting for a stream. */
  const tell = (line: string): void => {
    writeSync(2, `${redactor.text(line)}\n`);
  };
  const onExit = (code: number): void => {
    if (isInterruption(code)) return;
    const { nodeId, source } = attempts.getStore()?.where ?? {};
    const whose = nodeId === undefined ? 'Node code' : `The code of ${nodeName(nodeId)}`;
    tell(`error[WORKER_EXITED] ${whose} ended the process with exit code ${code} in the middle of the run`);
    if (source !== undefined) tell(`  at ${shownPlace(source)}`);
    tell('  help: Throw an error instead of calling process.exit, or use --mode threads, which survives it.');
    process.exitCode = exitCodes.failed;
  };
  const endRun = (error: Error): void => {
    process.off('exit', onExit);
    tell(`error[NODE_FAILED] Node code failed outside of its call: ${error.message}`);
    for (const frame of userFrames(error)) tell(`    at ${shownPlace(frame)}`);
    tell('  help: Await every promise and catch what timers throw, or use --mode threads, which survives it.');
    process.exit(exitCodes.failed);
  };
  /** True when that was told which is known of it: whose it is. */
  const blame = (thrown: unknown): boolean => {
    const culprit = attempts.getStore();
    if (culprit !== undefined && !culprit.fail(thrown)) warnOfStray(redactor.value(asError(thrown)));
    return culprit !== undefined;
  };
  const onUncaught = (thrown: unknown): void => {
    if (blame(thrown)) return;
    if (isOver) endByUncaught(thrown);
    else endRun(asError(thrown));
  };
  const onRejection = (reason: unknown): void => {
    // In mode `threads` no node ran here, and such a promise is a fault of FlowScript.
    if (isOver && mode !== 'threads' && attempts.getStore() === undefined) warnOfStray(redactor.value(asError(reason)));
    else onUncaught(reason);
  };
  const watchAgain = pauseExitWatch();
  attemptsHere.bindStore(attempts);
  process.on('exit', onExit);
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onRejection);
  return () => {
    isOver = true;
    process.off('exit', onExit);
    watchAgain();
  };
}
