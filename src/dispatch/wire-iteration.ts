import type { Part } from '../transport/part.js';
import type { PartViews } from '../transport/part-views.js';
import type { Iteration, Slice } from './types.js';

/** Where a value belongs that travels beside the message's values: `null` stands there. */
export type HeldPlace = readonly [position: number, ...path: string[]];

/** An iteration on its way: in this order, without names. */
export type WireIteration = readonly [
  attempt: number,
  index: number | undefined,
  branch: number | undefined,
  input: unknown,
  item: unknown,
  names: Slice['names'],
  nodes: Slice['nodes'],
  /** What travels apart. */
  places?: readonly HeldPlace[],
];

/** The way back from `Luggage.toWireIteration`. */
export function fromWireIteration(wire: WireIteration, parts: readonly Part[], views: PartViews): Iteration {
  const [attempt, index, branch, input, item, names, nodes, places] = wire;
  const iteration = { attempt, index, branch, input, item, slice: { names, nodes } };
  if (places !== undefined) putBack(iteration, places, parts, views);
  return iteration;
}

/** Each held value in its place, decoded when it is first read. */
export function putBack(root: object, places: readonly HeldPlace[], parts: readonly Part[], views: PartViews): void {
  for (const [position, ...path] of places) {
    const last = path.at(-1) ?? '';
    const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, root);
    const get = () => views.view(parts[position] as Part);
    Object.defineProperty(holder, last, { get, enumerable: true, configurable: true });
  }
}

/** Which of the parts the input or item is, as a whole. */
export function heldAt(name: 'input' | 'item', places: readonly HeldPlace[] | undefined): number | undefined {
  return places?.find((place) => place.length === 2 && place[1] === name)?.[0];
}
