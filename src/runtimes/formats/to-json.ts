import { FlowError } from '../../errors/flow-error.js';
import { assertWritable } from '../../errors/written-values.js';
import { isList, shortEnough } from '../input.js';

/**
 * JSON text; typed arrays and sets are written as lists, maps as objects, an absent value as null.
 * @throws FlowError NODE_INPUT_INVALID; RangeError when it is longer than a string can be
 */
export function toJson(value: unknown, indent: number): string {
  try {
    return JSON.stringify(value, watching(value), indent) ?? 'null';
  } catch (cause) {
    if (cause instanceof FlowError || (cause instanceof RangeError && cause.message === 'Invalid string length')) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FlowError('NODE_INPUT_INVALID', `The value cannot be written as JSON: ${reason}.`, { cause });
  }
}

/** Looks at the whole once it proves large: most values are small, and need no second walk. */
const largeValues = 1_000_000;

function watching(root: unknown): (key: string, value: unknown) => unknown {
  let written = 0;
  return (key, value) => {
    if (++written === largeValues) assertWritable(root);
    return plainJson(key, value);
  };
}

function plainJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (isList(value)) return Array.from(shortEnough(value, 'A list for JSON'));
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}
