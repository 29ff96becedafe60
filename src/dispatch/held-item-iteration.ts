import type { Series } from './item-iteration.js';
import type { Iteration, Slice } from './types.js';

/** Where a value belongs that travels beside the message's values: `null` stands there. */
export type HeldPlace = readonly [position: number, ...path: string[]];

/**
 * An item of a `foreach` on a thread, where its large item travels beside it. A class: to define the getters on each iteration
 * anew takes longer than to run a small node.
 */
export class HeldItemIteration implements Iteration {
  readonly attempt = 1;
  readonly index: number;
  readonly branch: number | undefined;
  readonly slice: Slice;
  /** Of the item among what travels beside the values. */
  readonly position: number;
  readonly places: readonly HeldPlace[];
  readonly #name: string | undefined;
  #read: (() => unknown) | undefined;

  constructor({ branch, item, index: name }: Series, index: number, position: number) {
    this.index = index;
    this.branch = branch;
    this.position = position;
    this.slice = { names: name === undefined ? {} : { [name]: index }, nodes: {} };
    this.places = [
      [position, 'input'],
      [position, 'item'],
    ];
    this.#name = item;
  }

  /** To be called once, before its values are read. */
  fill(read: () => unknown): void {
    this.#read = read;
    if (this.#name !== undefined)
      Object.defineProperty(this.slice.names, this.#name, { get: read, enumerable: true, configurable: true });
  }

  get input(): unknown {
    return this.item;
  }

  get item(): unknown {
    return this.#read?.();
  }
}
