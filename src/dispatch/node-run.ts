import type { Part } from '../transport/part.js';
import type { DoneOutput } from './done-node.js';
import type { IterationScope } from './iteration-scope.js';
import type { PackedTask } from './messages.js';
import type { PreparedPackage } from './prepared-package.js';
import type { TaskHooks } from './task-hooks.js';
import type { Fault } from './types.js';

/** One node of one iteration. */
export interface NodeRun {
  readonly prepared: PreparedPackage;
  readonly message: PackedTask;
  /** Large values that the message took along. */
  readonly held: readonly Part[];
  readonly hooks: TaskHooks;
  readonly scope: IterationScope;
  /** Position of the iteration in the task message. */
  readonly position: number;
  /** Position of the node in the segment. */
  readonly ordinal: number;
  readonly id: string;
  readonly previous: DoneOutput | undefined;
  /** What is to go wrong on purpose. */
  readonly fault: Fault | undefined;
}

/** A segment is cut before every node that may be tried again, so only its first one ever is. */
export function attemptOf({ ordinal, scope }: NodeRun): number {
  return ordinal === 0 ? scope.attempt : 1;
}
