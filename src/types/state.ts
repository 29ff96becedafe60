import type { FlowError } from '../errors/flow-error.js';

export type RunStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
export type NodeStatus = 'completed' | 'skipped' | 'failed' | 'cancelled';

/** What became of one node. Times are epoch milliseconds and milliseconds. */
export interface NodeResult {
  readonly status: NodeStatus;
  /**
   * Absent when the value never left the worker because nothing outside its branch reads it,
   * and on a failure; `null` when skipped.
   */
  readonly output?: unknown;
  readonly error?: FlowError;
  /** Attempts made; 0 when skipped or never started. */
  readonly attempts: number;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Reserved `$` entries of a node context: what only one branch, iteration or body sees. */
export interface LocalContext {
  /** 0-based index of the enclosing parallel branch. */
  $branch?: number;
  /** The body's own input. */
  $input?: unknown;
  /** Names bound by `foreach`, `fallback` … (`item`, `index`, `error`). */
  $locals?: Readonly<Record<string, unknown>>;
  /** `<set scope="node">` variables of the enclosing block. */
  $vars?: Readonly<Record<string, unknown>>;
}

export type NodeContext = LocalContext & { [nodeId: string]: unknown };

/**
 * The main thread's record of a run. Plain structured-cloneable data: values in it are never changed in place,
 * only replaced, so a branch's state may share them until they are copied into a task.
 */
export interface ExecutionState {
  readonly workflowId: string;
  readonly runId: string;
  status: RunStatus;
  /** Index of the highest wave that has started; -1 before the first. */
  currentWave: number;
  /** `{ [id]: { output } }` for every finished node, and the reserved `$` entries. */
  readonly nodeContext: NodeContext;
  /** Variables of each `<phase>`, by phase name. */
  readonly phaseContext: Record<string, Record<string, unknown>>;
  /** Variables of the workflow scope. */
  readonly globalContext: Record<string, unknown>;
  readonly nodeResults: Map<string, NodeResult>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}
