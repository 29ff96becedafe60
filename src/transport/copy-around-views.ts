import { isContainer } from './freeze.js';
import type { Part } from './part.js';

/** A decoded value that several readers share, and what it was decoded from. */
export interface View {
  readonly part: Part;
  readonly value: unknown;
  /** Whether user code may have it, all of it being frozen; found out when it is first asked for. */
  isLendable: boolean | undefined;
}

/** The view that a value is, if it is one. */
export type FindView = (value: object) => View | undefined;

/** Members looked at for views that a container may hold. */
const searchLimit = 256;

/**
 * A copy of a small container, in which `give` stands in for each view; undefined for anything else, and where a copy of the whole says
 * more than its members'.
 */
export function copyAroundViews(root: object, find: FindView, give: (view: View) => unknown): object | undefined {
  const found = new Set<View>();
  if (search(root, find, found, new Set()) > searchLimit || found.size === 0) return undefined;
  // Of a mixed value and a member of it, only the whole keeps that they are one.
  if (found.size > 1 && [...found].some(({ part }) => part.kind === 'mixed')) return undefined;
  return copyContainer(root, find, give, new Map()) as object;
}

/** Members met, or more than `searchLimit` when not all of it is plain containers, primitives and views. */
function search(value: unknown, find: FindView, found: Set<View>, met: Set<object>): number {
  if (typeof value !== 'object' || value === null || met.has(value)) return met.size;
  const view = find(value);
  if (view !== undefined) found.add(view);
  else if (isContainer(value)) {
    met.add(value);
    const members = Object.values(value);
    if (met.size + members.length > searchLimit) return Number.POSITIVE_INFINITY;
    for (const member of members) if (search(member, find, found, met) > searchLimit) return Number.POSITIVE_INFINITY;
  } else return Number.POSITIVE_INFINITY;
  return met.size;
}

function copyContainer(value: unknown, find: FindView, give: (view: View) => unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const view = find(value);
  const copy = view === undefined ? (Array.isArray(value) ? new Array<unknown>(value.length) : {}) : give(view);
  copies.set(value, copy);
  if (view !== undefined) return copy;
  for (const [key, member] of Object.entries(value)) {
    const own = copyContainer(member, find, give, copies);
    Object.defineProperty(copy, key, { value: own, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
