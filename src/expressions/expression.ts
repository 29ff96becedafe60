import type { ExpressionSource, LambdaSource } from '../types/source.js';
import { stripBraces } from './braces.js';
import type { Lookup } from './frame.js';
import type { StaticKind } from './kinds.js';
import { compileProgram, type ExpressionOptions, evaluateProgram, located } from './program.js';
import type { Read } from './reads.js';
import { sourceOf } from './source-of.js';

/** A compiled expression. Holds no state: it may be evaluated any number of times. */
export interface Expression {
  /** As written, without `{{ }}` and outer white space. */
  readonly text: string;
  /** What it reads from outside, in written order; a lambda's own names and macro variables are not among them. */
  readonly reads: readonly Read[];
  /** What it gives, as far as is known before it runs. */
  readonly kind: StaticKind;
  /**
   * Its value: structured-cloneable plain data. May share structure with what `lookup` gave, and changes none of it.
   *
   * @throws FlowError FLOW_EXPRESSION_FAILED, FLOW_EXPRESSION_BUDGET, or what `lookup` throws when that is a FlowError
   */
  evaluate(lookup: Lookup): unknown;
}

/**
 * Compiles an expression, written with or without `{{ }}` around it.
 *
 * @throws FlowError FLOW_EXPRESSION_SYNTAX when it cannot be parsed, FLOW_EXPRESSION_TYPE when it can never be evaluated
 */
export function compileExpression(source: ExpressionSource | LambdaSource | string, options: ExpressionOptions = {}): Expression {
  const text = typeof source === 'string' ? sourceOf(source) : source.source;
  const bound = typeof source !== 'string' && source.kind === 'lambda' ? source.binds : [];
  const range = located(text, 0, () => stripBraces(text.text));
  const program = compileProgram(text, range, bound, options);
  return { text: program.text, reads: program.reads, kind: program.kind, evaluate: (lookup) => evaluateProgram(program, lookup) };
}
