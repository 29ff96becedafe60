import { includes } from '../equality.js';
import { Optional } from '../exotic.js';
import { type Frame, fault, spend, spendBuilding } from '../frame.js';
import { isTypedArray, kindOf, nameKind } from '../kinds.js';
import { calculate, isNumber, type NumberLike } from '../numbers.js';
import { compare } from '../ordering.js';
import { define, type FunctionSpec } from './define.js';
import { identityOf } from './identity.js';

/** Functions on lists. None changes the list it is called on. */
export const listFunctions: readonly FunctionSpec[] = [
  define('slice', 'method', ['sliceable', 'whole', 'whole?'], 'any', slice),
  define('sort', 'method', ['list'], 'list', sort),
  define('distinct', 'method', ['list'], 'list', distinct),
  define('flatten', 'method', ['list', 'whole?'], 'list', (frame, list, depth) => flatten(frame, list, depth ?? 1)),
  define(
    'first',
    'method',
    ['list'],
    'optional',
    (_frame, list) => new Optional(list.length === 0 ? undefined : (list[0] ?? null)),
  ),
  define(
    'last',
    'method',
    ['list'],
    'optional',
    (_frame, list) => new Optional(list.length === 0 ? undefined : (list.at(-1) ?? null)),
  ),
  define('sum', 'either', ['list'], 'number', sum),
  define('lists.range', 'function', ['whole'], 'list', range),
];

function slice(frame: Frame, value: unknown, start: number, end: number | undefined): unknown {
  if (isTypedArray(value)) {
    const part = (value as Uint8Array).slice(start, end);
    spendBuilding(frame, part.byteLength);
    return part;
  }
  const list = Array.isArray(value) ? value : [...(value as Iterable<unknown>)];
  const part = list.slice(start, end);
  spend(frame, part.length);
  return part;
}

function sort(frame: Frame, list: readonly unknown[]): readonly unknown[] {
  spend(frame, (list.length * Math.log2(list.length + 1)) / 2);
  return [...list].sort((left, right) => compare(frame, left, right) || 0);
}

function distinct(frame: Frame, list: readonly unknown[]): readonly unknown[] {
  spend(frame, list.length);
  const seen = new Map<unknown, unknown[]>();
  return list.filter((element) => {
    const identity = identityOf(frame, element);
    const alike = seen.get(identity);
    if (alike === undefined) seen.set(identity, [element]);
    else if (includes(frame, alike, element)) return false;
    else alike.push(element);
    return true;
  });
}

function flatten(frame: Frame, list: readonly unknown[], depth: number): readonly unknown[] {
  const flat: unknown[] = [];
  for (const element of list) {
    spend(frame, 1);
    if (depth > 0 && Array.isArray(element)) for (const inner of flatten(frame, element, depth - 1)) flat.push(inner);
    else flat.push(element);
  }
  return flat;
}

function sum(frame: Frame, list: readonly unknown[]): NumberLike {
  spend(frame, list.length);
  return list.reduce<NumberLike>((total, element, index) => {
    if (isNumber(element)) return calculate(frame, '+', total, element);
    throw fault(frame, `sum() adds numbers; element ${index} is ${nameKind(kindOf(element))}`);
  }, 0);
}

function range(frame: Frame, count: number): readonly number[] {
  if (count < 0) throw fault(frame, 'lists.range() needs a count that is not negative');
  spend(frame, count);
  return Array.from({ length: count }, (_, index) => index);
}
