import { describeValue } from '../errors/describe-value.js';
import { FlowError } from '../errors/flow-error.js';
import type { Lambda } from './types.js';

/** Calls an expression for the element at `index`; a failure then says which element it was, in words and in `fields.index`. */
export function applyAt(lambda: Lambda, bindings: Readonly<Record<string, unknown>>, index: number): unknown {
  try {
    return lambda(bindings);
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    throw new FlowError(cause.code, `${cause.message} (at index ${index} of the list)`, {
      cause,
      source: cause.source,
      hint: cause.hint,
      fields: { ...cause.fields, index },
    });
  }
}

/**
 * A condition's outcome.
 * @throws FlowError FLOW_EXPRESSION_FAILED when it is neither true nor false
 */
export function requireCondition(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new FlowError('FLOW_EXPRESSION_FAILED', `${where} must give true or false, got ${describeValue(value)}.`, {
    hint: 'Compare it with something, such as `item.count > 0`, or ask `has(item.count)`.',
  });
}
