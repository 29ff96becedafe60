import { FlowError } from '../errors/flow-error.js';
import type { FailurePolicy, Join, Quota } from '../types/ast.js';
import type { BlockFailure } from '../types/state.js';
import { type UnitRange, UnitSet } from './unit-set.js';

export interface BlockRules {
  /** Undefined where it shows at the end: then the block joins all, and tolerates no percentage. */
  readonly total: number | undefined;
  readonly join: Join;
  readonly losers: 'cancel' | 'wait';
  readonly onError: FailurePolicy;
  readonly toleratedFailures: Quota | undefined;
}

export type UnitOutcome =
  | { readonly status: 'completed'; readonly output: unknown }
  | { readonly status: 'skipped' }
  | { readonly status: 'failed'; readonly error: FlowError }
  /** Stopped by the block itself or from outside: no failure of its own. */
  | { readonly status: 'cancelled' };

/** What the block does about units that have not ended: nothing, start none of them, or stop the running ones too. */
export type Stop = 'no' | 'start-no-more' | 'cancel';

export type Verdict = { readonly status: 'completed' } | { readonly status: 'failed'; readonly error: FlowError };

/**
 * The rules of joins and failures as a state machine: outcomes in, decisions out. Knows neither threads nor time.
 *
 * Outputs stand in declared order; what failed, was skipped or never ended is `null`.
 */
export class BlockTracker {
  readonly outputs: unknown[];
  readonly #rules: BlockRules;
  readonly #failures: BlockFailure[] = [];
  /** Of a race, in order of arrival. */
  readonly #winners: number[] = [];
  readonly #completed: UnitSet;
  #total: number;
  /** More units may come. */
  #isOpen: boolean;
  readonly #target: number;
  readonly #tolerated: number;
  #skipped = 0;
  #ended = 0;
  #cancelled = 0;
  #stop: Stop = 'no';

  constructor(rules: BlockRules) {
    this.#rules = rules;
    this.#isOpen = rules.total === undefined;
    this.#total = rules.total ?? 0;
    this.outputs = new Array<unknown>(this.#total).fill(null);
    this.#completed = new UnitSet(this.#total);
    this.#target = joinTarget(rules.join, this.#total);
    this.#tolerated = tolerated(rules, this.#total);
  }

  /** How many units there are, once that is known. */
  get total(): number | undefined {
    return this.#isOpen ? undefined : this.#total;
  }

  /** There are at least so many units. */
  expect(total: number): void {
    if (!this.#isOpen) return;
    while (this.outputs.length < total) this.outputs.push(null);
    this.#completed.grow(total);
    this.#total = total;
  }

  /** There are no more. */
  close(): void {
    this.#isOpen = false;
  }

  get stop(): Stop {
    return this.#stop;
  }

  get ended(): number {
    return this.#ended;
  }

  /** Units that were stopped or have not ended. */
  get unfinished(): number {
    return this.#total - this.#ended + this.#cancelled + (this.#isOpen ? 1 : 0);
  }

  /** Failures so far, in declared order. */
  get failures(): readonly BlockFailure[] {
    return [...this.#failures].sort((a, b) => a.index - b.index);
  }

  /** Positions of the units that failed, in order of time. */
  get failedInTime(): readonly number[] {
    return this.#failures.map(({ index }) => index);
  }

  /** Units that completed, in declared order. */
  get completed(): readonly UnitRange[] {
    return this.#completed.ranges;
  }

  get failed(): number {
    return this.#failures.length;
  }

  /** Enters how the unit at a declared position ended. */
  enter(index: number, outcome: UnitOutcome): void {
    this.#ended += 1;
    if (outcome.status === 'completed') this.#enterSuccess(index, outcome.output);
    if (outcome.status === 'failed') this.#failures.push({ index, error: outcome.error });
    if (outcome.status === 'skipped') this.#skipped += 1;
    if (outcome.status === 'cancelled') this.#cancelled += 1;
    this.#decide();
  }

  #enterSuccess(index: number, output: unknown): void {
    this.outputs[index] = output;
    this.#completed.add(index);
    if (this.#isRace() && this.#winners.length < this.#target) this.#winners.push(index);
  }

  #decide(): void {
    if (this.#isJoined()) this.#raise(this.#rules.losers === 'cancel' ? 'cancel' : 'no');
    else if (this.#isLost()) this.#raise(reaction(this.#rules.onError));
  }

  #raise(stop: Stop): void {
    if (this.#stop !== 'cancel') this.#stop = stop === 'no' ? this.#stop : stop;
  }

  #isRace(): boolean {
    return this.#rules.join.kind !== 'all';
  }

  #isJoined(): boolean {
    return this.#isRace() && this.#winners.length >= this.#target;
  }

  /** Whether the block can no longer end well. */
  #isLost(): boolean {
    if (!this.#isRace()) return this.#failures.length > this.#tolerated;
    return this.#total - this.#skipped - this.#failures.length < this.#target;
  }

  /** How the block ended, once no unit runs any more. */
  verdict(): Verdict {
    if (this.#isRace()) return this.#raceVerdict();
    if (!this.#isLost()) return { status: 'completed' };
    return { status: 'failed', error: this.#rules.toleratedFailures ? this.#exceeded() : this.#firstFailure() };
  }

  #raceVerdict(): Verdict {
    if (this.#isJoined() || this.#total === 0) return { status: 'completed' };
    return { status: 'failed', error: this.#unreachable() };
  }

  /** Positions of the units that made the join, in declared order: all of them where `join` is `all`. */
  joined(): readonly number[] {
    if (!this.#isRace()) return Array.from(this.outputs.keys());
    return [...this.#winners].sort((a, b) => a - b);
  }

  /** Their outputs. */
  winners(): readonly unknown[] {
    return this.#isRace() ? this.joined().map((index) => this.outputs[index]) : this.outputs;
  }

  /** Whether what a unit wrote may leave the block: it succeeded, and the join counts it. */
  counts(index: number): boolean {
    return this.#winners.includes(index) || (!this.#isRace() && this.#completed.has(index));
  }

  /** Fail-fast surfaces what failed first in time, since it is what ended the block; the others what stands first. */
  #firstFailure(): FlowError {
    const inOrder = this.#rules.onError === 'fail-fast' ? this.#failures : this.failures;
    const [first, ...rest] = inOrder.map(({ error }) => error);
    return (first as FlowError).accompanied(rest);
  }

  #exceeded(): FlowError {
    const { total } = this.#rules;
    // Where the total shows only at the end, that may not have been reached.
    const failed = total === undefined ? this.failed : `${this.failed} of ${total}`;
    const message = `${failed} failed; toleratedFailures allows ${this.#tolerated}`;
    return this.#collective('TOLERATED_FAILURES_EXCEEDED', message, 'Mend what fails (see the errors), or tolerate more.');
  }

  #unreachable(): FlowError {
    const left = this.#total - this.#skipped;
    const message = `join needs ${this.#target} of ${left} to succeed; ${this.#winners.length} did and ${this.failed} failed`;
    return this.#collective('JOIN_UNREACHABLE', message, 'Mend what fails (see the errors), or ask for fewer.');
  }

  #collective(code: 'TOLERATED_FAILURES_EXCEEDED' | 'JOIN_UNREACHABLE', message: string, hint: string): FlowError {
    const errors = this.failures.map(({ error }) => error);
    return new FlowError(code, message, { hint, errors, cause: errors[0] });
  }
}

function reaction(policy: FailurePolicy): Stop {
  if (policy === 'wait') return 'no';
  return policy === 'finish' ? 'start-no-more' : 'cancel';
}

function joinTarget(join: Join, total: number): number {
  if (join.kind === 'all') return total;
  return join.kind === 'any' ? 1 : amountOf(join, total, Math.ceil);
}

/** Percentages are over the total, as in Amazon States Language, and a failure more than that is one too many. */
function tolerated({ toleratedFailures, onError }: BlockRules, total: number): number {
  if (toleratedFailures) return amountOf(toleratedFailures, total, Math.floor);
  return onError === 'continue' ? Number.POSITIVE_INFINITY : 0;
}

function amountOf(quota: Quota, total: number, round: (value: number) => number): number {
  return quota.unit === 'count' ? quota.amount : round((quota.amount / 100) * total);
}
