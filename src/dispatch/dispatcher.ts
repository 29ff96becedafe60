import type { FlowError } from '../errors/flow-error.js';
import type { Task, TaskEvent, TaskReply } from './types.js';

/** Runs tasks somewhere. Bodies: `inline` (this thread), `threads` (a Piscina pool) and `auto` (either, by measured time). All give deeply equal replies. */
export interface Dispatcher {
  readonly mode: 'async' | 'threads' | 'auto';
  /** Tasks that run at one time; more wait in the dispatcher's own queue, highest `priority` first, then in order of arrival. */
  readonly maxConcurrency: number;
  /** Small tasks share messages, so it is worth giving it many more than `maxConcurrency` of them. */
  readonly packsTasks?: boolean | undefined;
  /** Milliseconds that an iteration of such a task may well take, as far as earlier ones tell. */
  expectMs?(task: Pick<Task, 'run' | 'nodeIds'>): number | undefined;
  /**
   * Never rejects for what a task did: that is in the reply. One outcome per iteration, in order.
   * A dead worker, a timeout and a cancel are outcomes too.
   * @throws FlowError POOL_CLOSED after `close()`
   */
  dispatch(task: Task, options?: DispatchOptions): Promise<TaskReply>;
  /** Ends every worker; running tasks get `RUN_CANCELLED`. Safe to call twice. */
  close(): Promise<void>;
}

export interface DispatchOptions {
  /** Cancels: a queued task never starts, a running one is stopped for real (after its grace if it asked for the signal). */
  readonly signal?: AbortSignal | undefined;
  /** In order; all of a task's events come before its reply. */
  readonly onEvent?: ((event: TaskEvent) => void) | undefined;
}

export interface DispatcherOptions {
  /** Tasks that run at one time, at least 1. */
  readonly maxConcurrency: number;
  /** URLs or absolute paths of modules that register node types: each is imported, and its default export called with the registry. */
  readonly plugins?: readonly string[] | undefined;
  /** How long an attempt that asked for its signal may go on after its timeout or a cancel. @default 1000 */
  readonly graceMs?: number | undefined;
  /** Told of faults that belong to no task, such as an error thrown by a timer after its task ended. @default process.emitWarning */
  readonly onWarning?: ((warning: FlowError) => void) | undefined;
}
