import type { WireError } from '../errors/wire.js';
import type { VariableScope } from '../runtimes/types.js';
import type { Packed } from '../transport/pack.js';
import type { Part } from '../transport/part.js';
import type { EncodedPackage } from './encoded-package.js';
import type { PlainForm } from './plain-iterations.js';
import type { Faults, TaskEvent, TaskFronts, TaskRecord } from './types.js';

/** What every thread of a pool is started with. */
export interface PoolData {
  readonly control: SharedArrayBuffer;
  readonly boards: SharedArrayBuffer;
  readonly plugins: readonly string[];
  readonly graceMs: number;
}

/** Main → worker. Ids and encoded slices; the package only when the thread does not have it yet. */
export type WorkerRequest = { readonly kind: 'warm' } | TaskMessage;

/** One task, or a pack of small ones that run one after another. */
export interface TaskMessage {
  readonly kind: 'task';
  /** Of this message. */
  readonly id: number;
  readonly slot: number;
  readonly packageKey: string;
  /** Set last, once the thread is chosen. */
  package: EncodedPackage | undefined;
  /** `PackedTask[]` as JSON: for many small tasks much faster than a structured clone. */
  readonly tasks: string;
  /**
   * First the plain iterations of all tasks, as one list. Then of each task the shared slice and, unless they are plain, one
   * entry an iteration; each is encoded apart, so that they share nothing.
   */
  readonly values: Packed;
  /** The snapshots that those refer to by position. */
  readonly held: readonly Part[];
}

export interface PackedTask {
  readonly nodeIds: readonly string[];
  readonly keep: readonly string[];
  /** Large outputs go to shared memory, for other tasks to read. */
  readonly travels: boolean;
  readonly stopsAtFailure: boolean;
  /** How many there are. Positions of iterations count through all tasks of the message. */
  readonly iterations: number;
  /** How they lie in the list of plain iterations; absent when each is encoded by itself. */
  readonly plain?: PlainForm | undefined;
  /** By position among the iterations of this task that are in the message. */
  readonly faults?: Faults;
  /** Absent when nothing is to be noted. */
  readonly record?: PackedRecord | undefined;
}

export type PackedRecord = Omit<TaskRecord, 'digestOf' | 'frontsOf'> & {
  /** What keys end in, by iteration; absent for plain ones, of which the thread can tell it itself. Of plain ones with large items it cannot. */
  readonly ends?: readonly string[] | undefined;
  /** Absent for one node. */
  readonly fronts?: PackedFronts | undefined;
};

export interface PackedFronts extends Pick<TaskFronts, 'bases' | 'names'> {
  /** What keys end in, by iteration and node; 0 where it is what it was for the node before. Absent for plain ones. */
  readonly ends?: readonly (readonly (string | 0)[])[] | undefined;
}

/** Worker → main, as the task's answer. */
export type WorkerReply =
  | { readonly kind: 'warm' }
  | { readonly kind: 'load-failed'; readonly error: WireError }
  | { readonly kind: 'package-unknown' }
  /** Of a thread that is about to be ended: what was in the message runs elsewhere. */
  | { readonly kind: 'declined' }
  | TaskAnswer;

export interface TaskAnswer {
  readonly kind: 'done';
  readonly part: TaskPart;
  /** Parts that were posted before this answer. */
  readonly partsBefore: number;
  /** Code of an attempt that was given up still runs: end the thread before using it again. */
  readonly isTainted: boolean;
}

/** What the tasks of a message have done since their last part. */
export interface TaskPart {
  /** Of the message. */
  readonly id: number;
  readonly events: readonly TaskEvent[];
  /** Length of the thread's board: finished iterations up to there belong to this part. */
  readonly pinned: number;
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
