import { FlowError } from '../../errors/flow-error.js';
import { isList, shortEnough } from '../input.js';

/**
 * JSON text; typed arrays and sets are written as lists, maps as objects, an absent value as null.
 * @throws FlowError NODE_INPUT_INVALID; RangeError when it is longer than a string can be
 */
export function toJson(value: unknown, indent: number): string {
  try {
    return JSON.stringify(value, plainJson, indent) ?? 'null';
  } catch (cause) {
    if (cause instanceof FlowError || (cause instanceof RangeError && cause.message === 'Invalid string length')) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FlowError('NODE_INPUT_INVALID', `The value cannot be written as JSON: ${reason}.`, { cause });
  }
}

function plainJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (isList(value)) return Array.from(shortEnough(value, 'A list for JSON'));
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}
