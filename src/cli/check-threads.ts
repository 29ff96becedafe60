import { FlowError } from '../errors/flow-error.js';

/** A machine asked for more stands still, or ends the process. */
const mostThreads = 1_000;

/**
 * For a command that may start as many threads as it is told.
 * @throws FlowError CONFIG_INVALID
 */
export function checkThreads({ maxConcurrency = 1 }: { readonly maxConcurrency?: number }): void {
  if (maxConcurrency <= mostThreads) return;
  throw new FlowError(
    'CONFIG_INVALID',
    `--max-concurrency ${maxConcurrency} is too many: each is a thread, of which there may be ${mostThreads}`,
    { hint: 'Threads beyond the cores help nodes that wait; `run --mode async` needs none for those.' },
  );
}
