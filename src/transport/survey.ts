import { types } from 'node:util';
import { longestList } from '../types/longest-list.js';

/** Reading back fails somewhere beyond 1,500 levels. */
export const maxDepth = 1_000;

/**
 * A rough guess whether a value takes more than `limitBytes` encoded; ends as soon as it is known. False for what may be
 * nested too deep to read back.
 */
export function isLarge(value: unknown, limitBytes: number): boolean {
  try {
    return remaining(value, limitBytes, 0) < 0;
  } catch {
    // A getter or a Proxy that throws: encoding it will say so.
    return false;
  }
}

/** Nested too deep: nothing that follows can change the answer, and a cycle of several ways would be walked for ever. */
const tooDeep = Number.POSITIVE_INFINITY;

/** What is left of `budget`, a negative number, or `tooDeep`. Each step costs, so that cycles end too. */
function remaining(value: unknown, budget: number, depth: number): number {
  if (typeof value === 'string') return budget - value.length;
  if (typeof value !== 'object' || value === null) return budget - 4;
  if (depth > maxDepth) return tooDeep;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return budget - 16 - value.byteLength;
  if (Array.isArray(value)) return remainingOf(value, budget - 4, depth + 1);
  if (value instanceof Map) return remainingOf(value.values(), remainingOf(value.keys(), budget - 4, depth + 1), depth + 1);
  if (value instanceof Set) return remainingOf(value, budget - 4, depth + 1);
  return remainingInFields(value as Readonly<Record<string, unknown>>, budget - 8, depth + 1);
}

function remainingOf(values: Iterable<unknown>, budget: number, depth: number): number {
  let left = budget;
  if (left < 0 || left === tooDeep) return left;
  for (const each of values) {
    left = remaining(each, left, depth);
    if (left < 0 || left === tooDeep) break;
  }
  return left;
}

function remainingInFields(value: Readonly<Record<string, unknown>>, budget: number, depth: number): number {
  let left = budget;
  for (const key in value) {
    left = remaining(value[key], left - key.length - 2, depth);
    if (left < 0 || left === tooDeep) break;
  }
  return left;
}

/**
 * Whether a value is a tree of exactly `objects` plain objects, lists, maps, sets and dates, none referred to twice. False also for
 * any tree that holds something else, or is nested so deep that reading it back may fail.
 */
export function isTreeOf(value: unknown, objects: number): boolean {
  return new TreeCount(objects, true).of(value, 0) === objects;
}

/** Whether `objects` objects, known to be all there are, stand no deeper than can be read back; false also where it is not clear. */
export function isShallowTree(value: unknown, objects: number): boolean {
  return objects <= maxDepth || !Number.isNaN(new TreeCount(objects, false).of(value, 0));
}

class TreeCount {
  /** So that shared references, which are met again and again, cannot keep it busy. */
  readonly #limit: number;
  readonly #isExact: boolean;
  #met = 0;

  constructor(limit: number, isExact: boolean) {
    this.#limit = limit;
    this.#isExact = isExact;
  }

  /** Objects met so far, or NaN. */
  of(value: unknown, depth: number): number {
    if (typeof value !== 'object' || value === null) return this.#met;
    if (depth > maxDepth || ++this.#met > this.#limit) return Number.NaN;
    if (Array.isArray(value)) return this.#inList(value, depth + 1);
    if (isPlainObject(value)) return this.#inFields(value, depth + 1);
    if (types.isMap(value)) return this.#inMembers(value.keys(), depth + 1) && this.#inMembers(value.values(), depth + 1);
    if (types.isSet(value)) return this.#inMembers(value.values(), depth + 1);
    return types.isDate(value) ? this.#met : Number.NaN;
  }

  #inMembers(members: Iterable<unknown>, depth: number): number {
    for (const member of members) if (Number.isNaN(this.of(member, depth))) return Number.NaN;
    return this.#met;
  }

  #inList(list: readonly unknown[], depth: number): number {
    // Holes and named properties are written in ways of their own.
    if (list.length > longestList || (this.#isExact && Object.keys(list).length !== list.length)) return Number.NaN;
    for (let i = 0; i < list.length; i++) {
      const element = list[i];
      if (typeof element === 'object' && element !== null && Number.isNaN(this.of(element, depth))) return Number.NaN;
    }
    return this.#met;
  }

  #inFields(value: Readonly<Record<string, unknown>>, depth: number): number {
    for (const key in value) {
      const field = value[key];
      if (typeof field === 'object' && field !== null && Number.isNaN(this.of(field, depth))) return Number.NaN;
    }
    return this.#met;
  }
}

/** Without a class, so that its own fields are all there is to it. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
