import { Snapshot } from '../transport/snapshot.js';
import { HeldItemIteration } from './held-item-iteration.js';
import { ItemIteration, noSlice, type Series } from './item-iteration.js';
import type { Iteration } from './types.js';

/**
 * How the plain iterations of a task lie in the list: each with all of its values, or as position and item of a series, some
 * items of which may travel beside the list.
 */
export type PlainForm = 'each' | Series | HeldSeries;

interface HeldSeries {
  readonly held: Series;
}

/** Values of one iteration in the list: attempt, index, branch, input, item, names. */
const stride = 6;
/** Of one of a series: index, item. */
const seriesStride = 2;
/** The same, and where the item travels; -1 when it is in the list. */
const heldStride = 3;

/**
 * Adds iterations to the list if all their values can be copied by a glance: primitives, and objects that hold nothing else.
 * A list of many is encoded several times faster than each by itself. Undefined, and nothing added, when one of them holds more.
 * @param take puts a large item beside the list, and gives its position there
 */
export function appendPlain(
  iterations: readonly Iteration[],
  list: unknown[],
  take: (item: Snapshot) => number,
): PlainForm | undefined {
  const [first] = iterations;
  const series = first instanceof ItemIteration ? first.series : undefined;
  if (series !== undefined && iterations.every((each) => each instanceof ItemIteration && each.series === series)) {
    if (!iterations.every(({ item }) => isFlat(item) || item instanceof Snapshot)) return undefined;
    if (iterations.some(({ item }) => item instanceof Snapshot)) return appendHeld(series, iterations, list, take);
    for (const { index, item } of iterations) list.push(index, item);
    return series;
  }
  if (!iterations.every(isPlain)) return undefined;
  for (const { attempt, index, branch, input, item, slice } of iterations) {
    list.push(attempt, index, branch, input, item, isEmpty(slice.names) ? 0 : slice.names);
  }
  return 'each';
}

function appendHeld(
  series: Series,
  iterations: readonly Iteration[],
  list: unknown[],
  take: (item: Snapshot) => number,
): HeldSeries {
  for (const { index, item } of iterations) {
    const isHeld = item instanceof Snapshot;
    list.push(index, isHeld ? null : item, isHeld ? take(item) : -1);
  }
  return { held: series };
}

/** Some iterations in a list of `appendPlain`. */
interface PlainRun {
  readonly list: readonly unknown[];
  readonly at: number;
  readonly count: number;
  readonly form: PlainForm;
  /** Gives the item that travels at a position beside the list. */
  readonly read: ReadHeld;
}

type ReadHeld = (position: number) => unknown;

/** They may share values, so user code must be given copies. */
export function plainIterations({ list, at, count, form, read }: PlainRun): Iteration[] {
  return Array.from({ length: count }, (_, position) => readOne(list, at + position * strideOf(form), form, read));
}

function readOne(list: readonly unknown[], at: number, form: PlainForm, read: ReadHeld): Iteration {
  if (form === 'each') return readEach(at, list);
  if ('held' in form) return readHeld(list.slice(at, at + heldStride) as HeldRow, form.held, read);
  return new ItemIteration(form, list[at] as number, list[at + 1]);
}

/** Values of the list that an iteration takes. */
export function strideOf(form: PlainForm): number {
  if (form === 'each') return stride;
  return 'held' in form ? heldStride : seriesStride;
}

/** A copy of a value of such an iteration. */
export function copyPlain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

function readEach(at: number, list: readonly unknown[]): Iteration {
  const [attempt, index, branch, input, item, names] = list.slice(at, at + stride) as Row;
  return { attempt, index, branch, input, item, slice: names === 0 ? noSlice : { names, nodes: noSlice.nodes } };
}

function readHeld([at, own, position]: HeldRow, series: Series, read: ReadHeld): Iteration {
  if (position === -1) return new ItemIteration(series, at, own);
  return new HeldItemIteration(series, at, position, () => read(position));
}

type HeldRow = [index: number, item: unknown, position: number];

type Row = [
  attempt: number,
  index: number | undefined,
  branch: number | undefined,
  input: unknown,
  item: unknown,
  names: Iteration['slice']['names'] | 0,
];

/** Whether all its values can be copied by a glance. */
export function isPlain({ input, item, slice }: Iteration): boolean {
  if (!isEmpty(slice.nodes) || (slice.held?.length ?? 0) > 0) return false;
  if (!isFlat(input) || (item !== input && !isFlat(item))) return false;
  for (const name in slice.names) if (slice.names[name] !== item && !isPrimitive(slice.names[name])) return false;
  return true;
}

function isEmpty(names: Readonly<Record<string, unknown>>): boolean {
  for (const _ in names) return false;
  return true;
}

/** A spread copies all there is of it. A getter or a Proxy may throw when it is looked at: that is for the encoding to tell. */
export function isFlat(value: unknown): boolean {
  try {
    return holdsPrimitives(value);
  } catch {
    return false;
  }
}

function holdsPrimitives(value: unknown): boolean {
  if (isPrimitive(value)) return true;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) if (!isPrimitive(record[key])) return false;
  return true;
}

/** Many long texts in one list might be more than one encoding can hold. */
const longestListed = 64 * 1024;

function isPrimitive(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longestListed;
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
