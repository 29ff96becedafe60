import { FlowError } from '../errors/flow-error.js';

/** What the process's exit code tells a script. */
export const exitCodes = { done: 0, failed: 1, invalid: 2, ignored: 3, timeout: 124, interrupted: 130, terminated: 143 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Whether the process ends because it was told to from outside. */
export function isInterruption(code: number): boolean {
  return code === exitCodes.interrupted || code === exitCodes.terminated;
}

const operatorCodes: readonly string[] = [
  'POOL_CLOSED',
  'WORKER_FAILED',
  'WORKER_EXITED',
  'WORKER_OUT_OF_MEMORY',
  'FILE_UNWRITABLE',
];

/** For an error that kept a flow from running: 2 when the flow or the command is at fault, 1 when the machine or FlowScript is. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof FlowError && !operatorCodes.includes(error.code) ? exitCodes.invalid : exitCodes.failed;
}
