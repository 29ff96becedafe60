import { entriesOf } from '../equality.js';
import { type Frame, spend } from '../frame.js';
import { isTypedArray, kindOf } from '../kinds.js';

const DEPTH = 3;
const STEPS_PER_VALUE = 4;

/** A key that equal values share and most unequal ones do not, so that few pairs need comparing. */
export function identityOf(frame: Frame, value: unknown): string {
  return describe(frame, value, DEPTH);
}

function describe(frame: Frame, value: unknown, depth: number): string {
  spend(frame, STEPS_PER_VALUE);
  if (typeof value !== 'object' || value === null) return `${kindOf(value)}:${String(value)}`;
  if (Array.isArray(value) || isTypedArray(value)) return describeList(frame, value, depth);
  if (value instanceof Date) return `timestamp:${value.getTime()}`;
  return kindOf(value) === 'map' ? describeMap(frame, value, depth) : kindOf(value);
}

function describeList(frame: Frame, value: ArrayLike<unknown>, depth: number): string {
  if (depth === 0) return `list:${value.length}`;
  return `[${Array.from(value, (element) => describe(frame, element ?? null, depth - 1)).join(',')}]`;
}

function describeMap(frame: Frame, value: object, depth: number): string {
  const entries = entriesOf(value);
  spend(frame, entries.length);
  if (depth === 0) return `map:${entries.length}`;
  const parts = entries.map(([key, field]) => `${key}=${describe(frame, field, depth - 1)}`);
  return `{${parts.sort().join(',')}}`;
}
