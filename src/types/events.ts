import type { FlowError } from '../errors/flow-error.js';
import type { NodeStatus } from './state.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What `chaos` does to an attempt: it fails, its thread exits, it starts later, or it hangs until it is timed out. */
export type FaultKind = 'throw' | 'exit' | 'delay' | 'timeout';

interface EventBase {
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Where in the run an event belongs: the node and its path, such as `scored[3]/score`. */
interface NodeEventBase extends EventBase {
  readonly nodeId: string;
  readonly path: string;
}

export type FlowEvent =
  | (EventBase & {
      readonly type: 'run.started';
      readonly workflow: string;
      readonly mode: string;
      readonly maxConcurrency: number;
      /** Top-level nodes in the plan. */
      readonly nodes: number;
      readonly waves: number;
    })
  | (EventBase & {
      readonly type: 'run.finished';
      readonly status: 'completed' | 'failed' | 'cancelled';
      readonly durationMs: number;
      readonly error?: FlowError;
      /** Of a run with `chaos`: how many faults were injected. */
      readonly faults?: Readonly<Record<FaultKind, number>>;
    })
  | (NodeEventBase & { readonly type: 'node.started' })
  | (NodeEventBase & {
      readonly type: 'node.finished';
      readonly status: NodeStatus;
      readonly durationMs: number;
      readonly attempts: number;
      /** In mode `auto`: where it ran. Absent for control nodes and nodes that did not finish. */
      readonly place?: 'main' | 'worker';
      /** It did not run: its result is that of an earlier attempt at this run, or comes from the cache. */
      readonly reused?: 'resume' | 'cache';
      readonly error?: FlowError;
    })
  | (NodeEventBase & {
      readonly type: 'node.retrying';
      /** The attempt that failed, from 1. */
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: FlowError;
    })
  /** A node or block failed for good, and its `<fallback>` has made up for it: it goes on as if it had not. */
  | (NodeEventBase & { readonly type: 'node.rescued'; readonly error: FlowError })
  /** `chaos` has met an attempt, before the node's own code ran. */
  | (NodeEventBase & { readonly type: 'fault'; readonly kind: FaultKind; readonly attempt: number })
  /** A parallel or foreach block advanced. Sent when it starts (`done: 0`), on progress and when it ends. */
  | (NodeEventBase & {
      readonly type: 'block.progress';
      readonly done: number;
      readonly failed: number;
      /** Absent while the items still come out of a file. */
      readonly total?: number;
      /** How many of a foreach's items did not run, since their results were known already; absent while there are none. */
      readonly reused?: number;
      /** In mode `auto`: how many of a foreach's items ran on the main thread; the others ran in workers. Absent where an item is several tasks. */
      readonly onMain?: number;
    })
  | (NodeEventBase & { readonly type: 'log'; readonly level: LogLevel; readonly message: string })
  /** From a user function's `context.progress(done, total?)`. */
  | (NodeEventBase & { readonly type: 'progress'; readonly done: number; readonly total?: number });
