import { FlowError } from '#src/errors/flow-error.js';
import { compileExpression, type ExpressionOptions } from '#src/expressions/index.js';

/** A lookup over the own fields of an object. */
export function lookupIn(names: Readonly<Record<string, unknown>>): (name: string) => unknown {
  return (name) => (Object.hasOwn(names, name) ? names[name] : undefined);
}

export function evaluate(text: string, names: Readonly<Record<string, unknown>> = {}, options: ExpressionOptions = {}): unknown {
  return compileExpression(text, options).evaluate(lookupIn(names));
}

/** What `action` throws, which must be a FlowError. */
export function failureOf(action: () => unknown): FlowError {
  try {
    action();
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
