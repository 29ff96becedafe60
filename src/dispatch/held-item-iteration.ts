import type { Series } from './item-iteration.js';
import type { Iteration, Slice } from './types.js';

/**
 * An item of a `foreach` on a thread, where its large item travels beside it. A class: to define `input` and `item` on each
 * iteration anew takes longer than to run a small node. Bodies that read `input` are spared that; for one that names the item a getter
 * is still defined.
 */
export class HeldItemIteration implements Iteration {
  readonly attempt = 1;
  readonly index: number;
  readonly branch: number | undefined;
  readonly slice: Slice;
  /** Of the item among what travels beside the values. */
  readonly position: number;
  readonly #read: () => unknown;

  /** @param read gives the item */
  constructor({ branch, item, index: name }: Series, index: number, position: number, read: () => unknown) {
    this.index = index;
    this.branch = branch;
    this.position = position;
    this.#read = read;
    const names = name === undefined ? {} : { [name]: index };
    if (item !== undefined) Object.defineProperty(names, item, { get: read, enumerable: true, configurable: true });
    this.slice = { names, nodes: {} };
  }

  get input(): unknown {
    return this.#read();
  }

  get item(): unknown {
    return this.#read();
  }
}
