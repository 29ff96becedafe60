import type { ErrorCode } from '../errors/codes.js';
import { FlowError } from '../errors/flow-error.js';
import { inFileOrder } from '../errors/in-file-order.js';
import type { SourcePosition } from '../types/source.js';

/** Nobody reads more, and a hostile file could have one per element. */
const mostFaults = 1_000;

export interface FaultDetails {
  readonly nodeId?: string | undefined;
  /** A function when finding the hint takes work that a full list should be spared. */
  readonly hint?: string | (() => string | undefined) | undefined;
  readonly cause?: unknown;
}

interface Span {
  readonly at: SourcePosition;
  readonly end: SourcePosition;
}

/** Collects the faults of one file, and what is no fault and most likely a mistake. */
export class FaultList {
  readonly #faults: FlowError[] = [];
  readonly #warnings: FlowError[] = [];
  #left = 0;
  #hushed: Span | undefined;

  /** How many were reported. */
  get count(): number {
    return this.#faults.length + this.#left;
  }

  /** Whether further faults are only counted, so that no work need go into describing them. */
  get isFull(): boolean {
    return this.#faults.length >= mostFaults;
  }

  /** Leaves out what is reported from now on of a place: where a thing was only guessed, that it does not fit the guess is no news. */
  hush(span: Span): void {
    if (!this.#isHushed(span.at)) this.#hushed = span;
  }

  #isHushed(at: SourcePosition): boolean {
    return this.#hushed !== undefined && !isBefore(at, this.#hushed.at) && isBefore(at, this.#hushed.end);
  }

  report(code: ErrorCode, at: SourcePosition, message: string, details: FaultDetails = {}): void {
    if (this.#isHushed(at)) return;
    if (this.isFull) {
      this.#left += 1;
      return;
    }
    const hint = typeof details.hint === 'function' ? details.hint() : details.hint;
    this.#faults.push(new FlowError(code, message, { source: at, nodeId: details.nodeId, hint, cause: details.cause }));
  }

  warn(code: ErrorCode, at: SourcePosition, message: string, { nodeId, hint }: FaultDetails & { readonly hint: string }): void {
    if (this.#warnings.length < mostFaults && !this.#isHushed(at))
      this.#warnings.push(new FlowError(code, message, { source: at, nodeId, hint }));
  }

  warningsInFileOrder(): FlowError[] {
    return [...this.#warnings].sort(inFileOrder);
  }

  /** All faults in file order; past the first 1,000 reported, one fault that counts the rest. */
  inFileOrder(): FlowError[] {
    const sorted = [...this.#faults].sort(inFileOrder);
    if (this.#left === 0) return sorted;
    const hint = 'Mend these first, then look again.';
    return [...sorted, new FlowError('FLOW_LIMIT_EXCEEDED', `${this.#left} more faults are not listed.`, { hint })];
  }
}

function isBefore(a: SourcePosition, b: SourcePosition): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
