import { Duration, Optional } from './exotic.js';
import { type Frame, spend, spendReading } from './frame.js';
import { isTypedArray, kindOf } from './kinds.js';
import { isNumber } from './numbers.js';

/** Whether two values are the same, however deep. Numbers of all kinds compare by value, a Map equals an object with its entries. */
export function isEqual(frame: Frame, left: unknown, right: unknown): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length === right.length) spendReading(frame, left.length);
    return left === right;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return isSameScalar(left, right);
  return left === right || isEqualObject(frame, left, right);
}

function isSameScalar(left: unknown, right: unknown): boolean {
  return left === right || (isNumber(left) && isNumber(right) && isSameNumber(left, right));
}

/** A number and a BigInt are one kind, and neither is less when they are equal. NaN equals nothing. */
function isSameNumber(left: number | bigint, right: number | bigint): boolean {
  return left <= right && left >= right;
}

function isEqualObject(frame: Frame, left: object, right: object): boolean {
  spend(frame, 1);
  const kind = kindOf(left);
  const other = kindOf(right);
  if (isIndexed(left) && isIndexed(right)) return isEqualList(frame, left, right);
  if (kind !== other) return false;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof Duration && right instanceof Duration) return left.milliseconds === right.milliseconds;
  if (left instanceof Optional && right instanceof Optional) return isEqual(frame, left.value, right.value);
  if (left instanceof Set && right instanceof Set) return isEqualSet(frame, left, right);
  return kind === 'map' && isEqualMap(frame, left, right);
}

function isIndexed(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

function isEqualList(frame: Frame, left: ArrayLike<unknown>, right: ArrayLike<unknown>): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    spend(frame, 1);
    if (!isEqual(frame, left[index] ?? null, right[index] ?? null)) return false;
  }
  return true;
}

function isEqualSet(frame: Frame, left: ReadonlySet<unknown>, right: ReadonlySet<unknown>): boolean {
  if (left.size !== right.size) return false;
  const others = [...right];
  for (const value of left) {
    if (!right.has(value) && !includes(frame, others, value)) return false;
  }
  return true;
}

function isEqualMap(frame: Frame, left: object, right: object): boolean {
  const entries = entriesOf(left);
  const others = new Map(entriesOf(right));
  spend(frame, entries.length + others.size);
  if (entries.length !== others.size) return false;
  return entries.every(([key, value]) => others.has(key) && isEqual(frame, value, others.get(key)));
}

/** A map's entries with keys as text; fields that are `undefined` are absent. */
export function entriesOf(map: object): readonly (readonly [string, unknown])[] {
  const entries = map instanceof Map ? [...map].map(([key, value]) => [String(key), value] as const) : Object.entries(map);
  return entries.filter(([, value]) => value !== undefined);
}

/** Whether a list holds a value equal to `value`. */
export function includes(frame: Frame, list: ArrayLike<unknown>, value: unknown): boolean {
  for (let index = 0; index < list.length; index++) {
    spend(frame, 1);
    if (isEqual(frame, list[index] ?? null, value)) return true;
  }
  return false;
}
