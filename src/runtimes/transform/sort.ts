import { requireList } from '../input.js';
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
  readonly key: unknown;
}

/**
 * Output: a new sorted list. Equal keys keep their order both ways; null, absent and NaN keys come last both ways.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list
 */
export class SortRuntime implements NodeRuntime<SortConfig, unknown, unknown[]> {
  readonly type = 'transform:sort';

  execute({ config, input }: ExecutionParams<SortConfig>): unknown[] {
    const { key, order } = config;
    const direction = order === 'desc' ? -1 : 1;
    const keyed = Array.from(requireList(input, this.type), (item, index): Keyed => {
      return { item, key: key === undefined ? item : applyAt(key, { item, index }, index) };
    });
    return keyed.sort((a, b) => compareKeyed(a, b, direction)).map(({ item }) => item);
  }
}

function compareKeyed(a: Keyed, b: Keyed, direction: 1 | -1): number {
  const aLast = isUnordered(a.key);
  const bLast = isUnordered(b.key);
  if (aLast || bLast) return Number(aLast) - Number(bLast);
  return compare(a.key, b.key) * direction;
}
