import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { isList, requireList } from '../input.js';
import { applyAt } from '../lambda.js';
import type { ExecutionParams, Lambda, NodeRuntime } from '../types.js';
import { compare, isUnordered } from './compare.js';

export interface SortConfig {
  /** Sees `item` and `index`; a list sorts by its first element, then the next. @default the element itself */
  readonly key?: Lambda | undefined;
  /** @default "asc" */
  readonly order?: 'asc' | 'desc' | undefined;
}

interface Keyed {
  readonly item: unknown;
  readonly index: number;
  readonly key: unknown;
}

/**
 * Output: a new sorted list. Equal keys keep their order both ways; null, absent and NaN keys come last both ways.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list, or two keys are of different kinds
 */
export class SortRuntime implements NodeRuntime<SortConfig, unknown, unknown[]> {
  readonly type = 'transform:sort';

  execute({ config, input }: ExecutionParams<SortConfig>): unknown[] {
    const { key } = config;
    const direction = config.order === 'desc' ? -1 : 1;
    const keyed = Array.from(requireList(input, this.type), (item, index): Keyed => {
      return { item, index, key: key === undefined ? item : applyAt(key, { item, index }, index) };
    });
    const example = key === undefined ? 'item' : 'item.price';
    const order = (a: Keyed, b: Keyed) => {
      const difference = compareKeyed(a, b, direction);
      if (Number.isNaN(difference)) throw withoutOrder(a, b, example);
      return difference;
    };
    return keyed.sort(order).map(({ item }) => item);
  }
}

function compareKeyed(a: Keyed, b: Keyed, direction: 1 | -1): number {
  const aLast = isUnordered(a.key);
  const bLast = isUnordered(b.key);
  if (aLast || bLast) return Number(aLast) - Number(bLast);
  return compare(a.key, b.key) * direction;
}

/** A file of CSV gives both where `8.5` is a number and `75.90` stays text. */
function withoutOrder(a: Keyed, b: Keyed, example: string): FlowError {
  const [first, second] = a.index < b.index ? [a, b] : [b, a];
  const [left, right] = partsWithoutOrder(first.key, second.key);
  return new FlowError(
    'NODE_INPUT_INVALID',
    `transform:sort: the keys at index ${first.index} and ${second.index} of the list have no order: ${describeValue(left)} and ${describeValue(right)}.`,
    {
      hint: `Make all keys of one kind: key="double(${example})" sorts them as numbers, key="string(${example})" as texts.`,
      fields: { index: second.index },
    },
  );
}

/** Where the keys are lists: the values in them that are of different kinds. */
function partsWithoutOrder(a: unknown, b: unknown): readonly [unknown, unknown] {
  if (!isList(a) || !isList(b)) return [a, b];
  let at = 0;
  while (at < a.length && !Number.isNaN(compare(a[at], b[at]))) at++;
  return partsWithoutOrder(a[at], b[at]);
}
