import type { WireError } from '../errors/wire.js';
import type { VariableScope } from '../runtimes/types.js';
import type { Encoded } from '../transport/encode.js';
import type { Packed } from '../transport/pack.js';
import type { Part } from '../transport/part.js';
import type { TaskEvent } from './types.js';

/** What every thread of a pool is started with. */
export interface PoolData {
  readonly control: SharedArrayBuffer;
  readonly plugins: readonly string[];
  readonly graceMs: number;
}

/** Main → worker. Ids and encoded slices; the package only when the thread does not have it yet. */
export type WorkerRequest = { readonly kind: 'warm' } | TaskMessage;

export interface TaskMessage {
  readonly kind: 'task';
  readonly task: number;
  readonly slot: number;
  readonly packageKey: string;
  /** Set last, once the thread is chosen. */
  package: Encoded | undefined;
  readonly nodeIds: readonly string[];
  readonly keep: readonly string[];
  /** Large outputs go to shared memory, for other tasks to read. */
  readonly travels: boolean;
  /** First the shared slice, then one entry an iteration; each is encoded apart, so that they share nothing. */
  readonly values: Packed;
  /** The snapshots that those refer to by position. */
  readonly held: readonly Part[];
}

/** Worker → main, as the task's answer. */
export type WorkerReply =
  | { readonly kind: 'warm' }
  | { readonly kind: 'load-failed'; readonly error: WireError }
  | { readonly kind: 'package-unknown' }
  | TaskAnswer;

export interface TaskAnswer {
  readonly kind: 'done';
  readonly part: TaskPart;
  /** Parts that were posted before this answer. */
  readonly partsBefore: number;
  /** Code of an attempt that was given up still runs: end the thread before using it again. */
  readonly isTainted: boolean;
}

/** What a task has done since its last part. */
export interface TaskPart {
  readonly task: number;
  readonly events: readonly TaskEvent[];
  readonly outcomes: readonly WireOutcome[];
  /** The values that outcomes refer to by position. */
  readonly values: Packed;
}

/** A message outside of any task. */
export interface StrayMessage {
  readonly kind: 'stray';
  readonly error: WireError;
}

export interface PartMessage {
  readonly kind: 'part';
  readonly part: TaskPart;
}

export interface WireOutcome {
  /** Position in the task message. */
  readonly iteration: number;
  readonly nodes: readonly WireRecord[];
  readonly failure: WireFailure | undefined;
}

export interface WireFailure {
  readonly nodeId: string;
  readonly error: WireError;
  readonly startedAt: number;
  readonly durationMs: number;
}

export interface WireRecord {
  readonly id: string;
  readonly status: 'completed' | 'skipped';
  /** Position in the part's values, or a large output itself; undefined when the output stays where it is. */
  readonly output: number | Part | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly writes: readonly { readonly name: string; readonly scope: VariableScope; readonly value: number }[];
}
