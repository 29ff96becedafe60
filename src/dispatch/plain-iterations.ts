import { Snapshot } from '../transport/snapshot.js';
import type { Iteration } from './types.js';

/** Values of one iteration in the list: attempt, index, branch, input, item, names, places. */
const stride = 7;

/** Where a value belongs that travels beside the message's values: `null` stands there. */
export type HeldPlace = readonly [position: number, ...path: string[]];

/** An iteration with the places of what it has beside itself, to be filled by whoever opens it. */
export interface PlainIteration extends Iteration {
  readonly places?: readonly HeldPlace[];
}

/**
 * Iterations whose values can be copied by a glance, as one flat list: primitives, and objects that hold nothing else.
 * A list of many is encoded several times faster than each by itself. Undefined when one of them holds more, but for snapshots,
 * of which `placesOf` tells the places.
 */
export function toPlainList(
  iterations: readonly Iteration[],
  placesOf: (iteration: Iteration) => readonly HeldPlace[],
): unknown[] | undefined {
  const list: unknown[] = [];
  for (const iteration of iterations) {
    if (!isPlain(iteration)) return undefined;
    const { attempt, index, branch, input, item, slice } = iteration;
    const places = holds(iteration) ? placesOf(iteration) : 0;
    list.push(attempt, index, branch, plain(input), plain(item), isEmpty(slice.names) ? 0 : slice.names, places);
  }
  return list;
}

/** The iterations again, as `toPlainList` took them. They may share values, so user code must be given copies. */
export function fromPlainList(list: readonly unknown[]): PlainIteration[] {
  const iterations: PlainIteration[] = [];
  for (let at = 0; at < list.length; at += stride) {
    const [attempt, index, branch, input, item, names, places] = list.slice(at, at + stride) as Row;
    const slice = names === 0 ? noSlice : { names, nodes: noSlice.nodes };
    const iteration = { attempt, index, branch, input, item, slice };
    iterations.push(places === 0 ? iteration : { ...iteration, places });
  }
  return iterations;
}

/** A copy of a value of such an iteration. */
export function copyPlain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

type Row = [
  attempt: number,
  index: number | undefined,
  branch: number | undefined,
  input: unknown,
  item: unknown,
  names: Iteration['slice']['names'] | 0,
  places: readonly HeldPlace[] | 0,
];

const noSlice: Iteration['slice'] = { names: {}, nodes: {} };

function isPlain({ input, item, slice }: Iteration): boolean {
  if (!isEmpty(slice.nodes)) return false;
  if (!isFlat(input) || (item !== input && !isFlat(item))) return false;
  for (const name in slice.names) if (slice.names[name] !== item && !isPrimitive(slice.names[name])) return false;
  return true;
}

function isEmpty(names: Readonly<Record<string, unknown>>): boolean {
  for (const _ in names) return false;
  return true;
}

function holds({ input, item, slice }: Iteration): boolean {
  return input instanceof Snapshot || item instanceof Snapshot || (slice.held?.length ?? 0) > 0;
}

/** What stands for a value that travels beside. */
export function plain(value: unknown): unknown {
  return value instanceof Snapshot ? null : value;
}

/** A spread copies all there is of it. */
function isFlat(value: unknown): boolean {
  if (isPrimitive(value) || value instanceof Snapshot) return true;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) if (!isPrimitive(record[key])) return false;
  return true;
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
