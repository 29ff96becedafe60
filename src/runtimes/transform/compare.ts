import { isList } from '../input.js';
import { canonicalKey, unbounded } from './canonical-key.js';

const mostLevels = 100;
/** Elements of lists that are looked at for one answer: two that hold one part over and over would take for ever. */
const mostElements = 1_000_000;

/**
 * The order of two values of one kind, negative when `a` comes first: booleans (false first), numbers, dates, texts by UTF-16 code unit, lists
 * element by element, other objects by their JSON with sorted names. NaN where two kinds meet: `9` and `"10"` have no order, as in expressions.
 * `null`, absent and NaN come after any kind; see `isUnordered`.
 * @throws FlowError NODE_INPUT_INVALID for values that refer to themselves or are very large
 */
export function compare(a: unknown, b: unknown, walk?: Walk): number {
  const rank = rankOf(a);
  const other = rankOf(b);
  if (rank !== other) return rank === ranks.none || other === ranks.none ? rank - other : Number.NaN;
  if (rank === ranks.list) return compareLists(a as ArrayLike<unknown>, b as ArrayLike<unknown>, walk);
  if (rank === ranks.object) return lessFirst(canonicalKey(a), canonicalKey(b));
  return lessFirst(a as number, b as number);
}

/** True for what stands at the end of a sorted list, whichever way it is sorted. */
export function isUnordered(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

const ranks = { boolean: 0, number: 1, date: 2, text: 3, list: 4, object: 5, none: 6 } as const;

function rankOf(value: unknown): number {
  if (isUnordered(value)) return ranks.none;
  if (typeof value === 'boolean') return ranks.boolean;
  if (typeof value === 'number' || typeof value === 'bigint') return ranks.number;
  if (typeof value === 'string') return ranks.text;
  if (value instanceof Date) return ranks.date;
  return isList(value) ? ranks.list : ranks.object;
}

function lessFirst<T>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** On its way through two lists. */
interface Walk {
  level: number;
  elements: number;
}

function compareLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>, walk: Walk = { level: 0, elements: 0 }): number {
  if (++walk.level > mostLevels) throw unbounded();
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (++walk.elements > mostElements) throw unbounded();
    const order = compare(a[index], b[index], walk);
    if (order !== 0) return order;
  }
  walk.level--;
  return a.length - b.length;
}
