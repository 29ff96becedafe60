import { FlowError } from '../errors/flow-error.js';
import { nodeName } from '../errors/node-name.js';
import type { Attempt } from './attempt.js';
import type { Fault, Faults, Task } from './types.js';

const hint = 'It was injected by chaos, to try what <retry> and <fallback> make of it.';
/** For expressions: `<retry when="error.?injected.orValue(false)">`. */
const fields = { injected: true };

/** Of an attempt. One that is to hang must not do so for as long as its node may take. */
export function timeoutOf(timeoutMs: number | undefined, fault: Fault | undefined): number | undefined {
  return fault?.kind === 'timeout' ? Math.min(timeoutMs ?? fault.ms, fault.ms) : timeoutMs;
}

interface Place {
  readonly nodeId: string;
  readonly attempt: Attempt;
  /** Ends the thread, where that ends no more than the attempt. */
  readonly exit: (() => void) | undefined;
}

/** What an attempt does instead of its work, or before it. */
export function meetFault({ kind, ms }: Fault, work: () => unknown, { nodeId, attempt, exit }: Place): unknown {
  switch (kind) {
    case 'throw':
      throw new FlowError('CHAOS', `${nodeName(nodeId)} failed on purpose`, { hint, fields });
    case 'exit':
      exit?.();
      throw exitError(nodeId, undefined);
    case 'timeout':
      return new Promise(() => {});
    case 'delay':
      return late(ms, work, attempt);
  }
}

async function late(ms: number, work: () => unknown, attempt: Attempt): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  // Given up meanwhile: nobody waits for what its code would do.
  return attempt.isCancelled ? undefined : await work();
}

/** The error of an attempt that ended as its fault wanted it to; undefined when it ended of something else. */
export function injectedError(fault: Fault | undefined, error: FlowError, nodeId: string): FlowError | undefined {
  if (fault?.kind === 'exit' && error.code === 'WORKER_EXITED') return exitError(nodeId, error.cause);
  if (fault?.kind !== 'timeout' || error.code !== 'NODE_TIMEOUT') return undefined;
  const { source, attempt } = error;
  return new FlowError('NODE_TIMEOUT', `${nodeName(nodeId)} was made to hang until it was timed out`, {
    nodeId,
    source,
    attempt,
    hint,
    fields,
  });
}

function exitError(nodeId: string, cause: unknown): FlowError {
  return new FlowError('WORKER_EXITED', `The worker thread of ${nodeName(nodeId)} was ended on purpose`, { cause, hint, fields });
}

/** Those of the iterations that are sent, by their place in the message. */
export function packFaults({ faults }: Pick<Task, 'faults'>, positions: readonly number[]): { readonly faults?: Faults } {
  if (faults === undefined) return {};
  return { faults: Object.fromEntries(positions.flatMap((position, at) => (faults[position] ? [[at, faults[position]]] : []))) };
}
