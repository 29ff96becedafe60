import { FlowError } from '../errors/flow-error.js';
import { nodeName } from '../errors/node-name.js';

/** What a thread died of. */
export function deathError(thrown: unknown, nodeId: string, memoryMb?: number): FlowError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ERR_WORKER_OUT_OF_MEMORY') {
    const limit = memoryMb === undefined ? '' : ` of ${memoryMb} MiB`;
    return new FlowError('WORKER_OUT_OF_MEMORY', `${nodeName(nodeId)} reached the memory limit${limit} of its worker thread`, {
      cause: thrown,
      hint: `Give it more, as with memory="${2 * (memoryMb ?? 256)}mb" on the node, which a <retry> doubles; or work on smaller pieces: a \`foreach\` over parts, typed arrays.`,
    });
  }
  const exitCode = /^worker exited with code: (-?\d+)$/.exec(message)?.[1];
  const what = exitCode === undefined ? `: ${message}` : ` with exit code ${exitCode}`;
  return new FlowError('WORKER_EXITED', `The worker thread ended while it ran ${nodeName(nodeId)}${what}`, {
    cause: thrown,
    fields: exitCode === undefined ? {} : { exitCode: Number(exitCode) },
    hint: 'Node code must not call `process.exit`: throw an error instead.',
  });
}

/** No thread could begin the task. */
export function startError(thrown: unknown, startMs: number): FlowError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FlowError('WORKER_FAILED', `A worker thread cannot start: ${message}`, {
    cause: thrown,
    hint: `A plugin fails, ends the process or takes longer than ${startMs} ms while it is imported: import it alone to see why.`,
  });
}
