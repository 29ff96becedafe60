import { Snapshot } from '../transport/snapshot.js';
import type { Iteration, Slice } from './types.js';

/** What the iterations of one `foreach` have in common. */
export interface Series {
  readonly branch?: number | undefined;
  /** Name under which the body sees the item, and its position; absent where it reads neither. */
  readonly item?: string | undefined;
  readonly index?: string | undefined;
}

export const noSlice: Slice = { names: {}, nodes: {} };

/** First attempt at one item of a `foreach`: its input is the item. Holds no more than that, since a million of them may wait. */
export class ItemIteration implements Iteration {
  readonly series: Series;
  readonly index: number;
  /** May be a `Snapshot`. */
  readonly item: unknown;

  constructor(series: Series, index: number, item: unknown) {
    this.series = series;
    this.index = index;
    this.item = item;
  }

  get attempt(): number {
    return 1;
  }

  get branch(): number | undefined {
    return this.series.branch;
  }

  get input(): unknown {
    return this.item;
  }

  get slice(): Slice {
    const { item, index } = this.series;
    if (item === undefined && index === undefined) return noSlice;
    const names: Record<string, unknown> = {};
    if (item !== undefined) names[item] = this.item;
    if (index !== undefined) names[index] = this.index;
    if (item === undefined || !(this.item instanceof Snapshot)) return { names, nodes: noSlice.nodes };
    names[item] = null;
    return { names, nodes: noSlice.nodes, held: [{ path: ['names', item], snapshot: this.item }] };
  }
}
