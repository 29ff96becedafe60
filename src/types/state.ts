import type { FlowError } from '../errors/flow-error.js';

export type RunStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
export type NodeStatus = 'completed' | 'skipped' | 'failed' | 'cancelled';

/** What a variable belongs to: the nearest branch or iteration, phase, or the flow. */
export type VariableScope = 'node' | 'phase' | 'workflow';

/** What became of one node. Times are epoch milliseconds and milliseconds. */
export interface NodeResult {
  readonly status: NodeStatus;
  /**
   * Absent when the value never left the worker because nothing outside its branch reads it, and when the node failed
   * (a failed block still has what its finished branches gave, `null` for the others); `null` when skipped.
   */
  readonly output?: unknown;
  readonly error?: FlowError | undefined;
  /** Of a block with `onError="continue"` or tolerated failures: what failed, in declared order. */
  readonly failures?: readonly BlockFailure[] | undefined;
  /** Attempts made; 0 when skipped or never started. */
  readonly attempts: number;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** One failed branch or item of a block that went on without it. */
export interface BlockFailure {
  /** 0-based branch or item. */
  readonly index: number;
  readonly error: FlowError;
}

/** `{ output }` by node id, beside the reserved entries that only one branch or iteration sees. Null prototype: every id is data. */
export type NodeContext = {
  /** 0-based index of the enclosing parallel branch. */
  $branch?: number;
  /** `<set scope="node">` variables of this branch, iteration or, at the top, flow. */
  $vars: Record<string, unknown>;
} & { [nodeId: string]: unknown };

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
