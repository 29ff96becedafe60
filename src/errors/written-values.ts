import { constants } from 'node:buffer';
import { longestList } from '../types/longest-list.js';

/** Of values that hold others: so many are counted once, however many places refer to them. */
const mostKnown = 1_000_000;

/**
 * Refuses a value of which `JSON.stringify` would only find after minutes that no text can hold it: forty lists, each twice in the next,
 * are a million million values when they are written out.
 * @throws RangeError as `JSON.stringify` does
 */
export function assertWritable(value: unknown): void {
  if (writtenValues(value, new Map()) > constants.MAX_STRING_LENGTH) throw new RangeError('Invalid string length');
}

/** Values that JSON writes, each as often as it is referred to. A value inside itself counts once: that is for JSON to refuse. */
function writtenValues(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value) && value.length > longestList) return value.length;
  const before = known.get(value);
  if (before !== undefined) return before;
  let count = 1;
  let isHolder = false;
  for (const member of membersOf(value)) {
    if (!isHolder && typeof member === 'object' && member !== null) {
      isHolder = true;
      known.set(value, 1);
    }
    count += writtenValues(member, known);
  }
  if (!isHolder) return count;
  if (known.size < mostKnown) known.set(value, count);
  else known.delete(value);
  return count;
}

function membersOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  return value instanceof Map ? value.values() : Object.values(value);
}
