import type { Semaphore } from '../scheduler/index.js';
import type { BlockOutcome } from './scope.js';

/** The units of a block: its branches, or its items. */
export interface Units {
  /** Undefined where only the end will tell. */
  readonly total: number | undefined;
  /** How many units from `from` on can be started; 0 at the end, or when the signal aborts. @default those up to `total` */
  ready?(from: number, signal: AbortSignal): number | Promise<number>;
  /** How many of the `left` units the next start should take together. */
  chunk(left: number): number;
  /** Starts that should be let in beside those that run, so that no thread waits for the next. */
  readonly waiting: 'none' | 'as-many' | 'by-time';
  /**
   * Runs units `from` up to, without, `from + count` and enters each outcome when it is there. `permit` is held for all
   * of them together; whoever gives it back while waiting must take another before working on.
   */
  run(from: number, count: number, lane: Lane): Promise<void>;
}

export interface Lane {
  readonly signal: AbortSignal;
  readonly gate: Semaphore;
  /** Gives the permit back; safe to call twice. */
  release(): void;
  enter(index: number, outcome: BlockOutcome): void;
  /** Tells of units whose results were known. */
  reuse(count: number): void;
  /** Tells of units that ran on the main thread though they could have run elsewhere. */
  keepHere(count: number): void;
  /** Tells how long a unit worked. */
  learn(workMs: number): void;
}
