import type { VariableScope } from '../runtimes/types.js';
import type { Encoded } from '../transport/encode.js';
import type { Part } from '../transport/part.js';

/** A node that is done; what leaves the worker is encoded already, so that nobody can change it any more. */
export interface DoneNode {
  readonly id: string;
  readonly status: 'completed' | 'skipped';
  readonly output: Encoded | Part | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly writes: readonly DoneWrite[];
}

export interface DoneWrite {
  readonly name: string;
  readonly scope: VariableScope;
  readonly value: Encoded;
}

/** A node that is done, and what it gave. */
export interface DoneOutput {
  readonly node: DoneNode;
  readonly output: unknown;
  /** The node was lent values that others read too, and may have given them back. */
  readonly isLent: boolean;
}
