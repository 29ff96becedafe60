import type { ErrorCode } from '../errors/codes.js';

/** Gives the value of a name; `undefined` means there is no such name. */
export type Lookup = (name: string) => unknown;

/** What one evaluation knows and has spent. */
export interface Frame {
  readonly lookup: Lookup;
  /** Values of macro variables, by slot. */
  readonly slots: unknown[];
  readonly maxSteps: number;
  /** Whether messages may quote data: not when the expression reads secrets. */
  readonly quotesData: boolean;
  remainingSteps: number;
  /** Index into the expression's text of what runs now. */
  at: number;
  /** Whether an optional or a duration was put into a list or a map. */
  holdsExotic: boolean;
}

interface Description {
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * A failed evaluation on its way out. No `Error`, and described only when somebody looks: `||`, `exists` and `all`
 * swallow failures in loops, where a stack trace each would cost more than the work.
 */
export class Fault {
  readonly at: number;
  readonly describe: () => Description;
  readonly code: ErrorCode;

  constructor(at: number, describe: () => Description, code: ErrorCode = 'FLOW_EXPRESSION_FAILED') {
    this.at = at;
    this.describe = describe;
    this.code = code;
  }
}

/** A failure at the place that runs now. */
export function fault(frame: Frame, message: string, hint?: string): Fault {
  return new Fault(frame.at, () => ({ message, hint }));
}

/**
 * Pays for work done or memory about to be taken.
 *
 * @throws a `FLOW_EXPRESSION_BUDGET` fault when nothing is left
 */
export function spend(frame: Frame, steps: number): void {
  frame.remainingSteps -= steps;
  if (frame.remainingSteps < 0) throw exhausted(frame);
}

/** Pays for reading `length` characters or bytes, which native code does many at a time. */
export function spendReading(frame: Frame, length: number): void {
  spend(frame, length / 64);
}

/** Pays for a new text or buffer of `length`: dearer than reading, because it is what bounds memory. */
export function spendBuilding(frame: Frame, length: number): void {
  spend(frame, length / 4);
}

function exhausted(frame: Frame): Fault {
  const describe = () => ({
    message: `the expression took more than ${frame.maxSteps} steps`,
    hint: 'Nested macros multiply: filter first, read fields once with cel.bind, or move the work into a transform:module.',
  });
  return new Fault(frame.at, describe, 'FLOW_EXPRESSION_BUDGET');
}

/** A piece of data for a message: clipped, and hidden where the expression reads secrets. */
export function quoted(frame: Frame, text: string): string {
  if (!frame.quotesData) return '(hidden, as the expression reads secrets)';
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
