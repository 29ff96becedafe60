import { runInputName } from '../dispatch/slice-names.js';
import type { Iteration, Lookup, Slice, Task } from '../dispatch/types.js';
import type { Projection } from '../state/index.js';
import { reveal, Snapshot } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';

/** One value that is read, as far as it is read, under the name an author would give it. */
export interface Leaf {
  readonly name: string;
  /** The same without doubt: a field may be called `a.b`. */
  readonly key: string;
  /** May be a snapshot. */
  readonly value: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where a name is found. */
interface Place {
  readonly slice: Slice;
  readonly path: readonly string[];
}

/** What an iteration's task was given under a name, iteration before task: its values at the ends of a projection. */
export function readLeaves({ shared }: Task, { slice }: Iteration, name: string, projection: Projection, label = name): Leaf[] {
  const place = findName([slice, shared], name);
  return place === undefined ? [] : leavesAt(place, valueAt(place), projection, [label]);
}

/** The same of a value at hand. */
export function leavesOf(value: unknown, projection: Projection, label: string): Leaf[] {
  return leavesAt({ slice: { names: {}, nodes: {} }, path: [] }, value, projection, [label]);
}

function findName(slices: readonly Slice[], name: string): Place | undefined {
  for (const slice of slices) {
    for (const group of ['names', 'nodes'] as const) if (Object.hasOwn(slice[group], name)) return { slice, path: [group, name] };
  }
  return undefined;
}

function valueAt({ slice, path: [group, name = ''] }: Place): unknown {
  return slice[group as 'names' | 'nodes'][name];
}

function leavesAt(place: Place, value: unknown, projection: Projection, names: readonly string[]): Leaf[] {
  const held = heldAt(place);
  if (held !== undefined) return [leafOf(names, held)];
  if (value instanceof Snapshot && projection !== 'all') return leavesAt(place, value.value, projection, names);
  if (!isPlainObject(value)) return [leafOf(names, value)];
  if (projection === 'all' && !isHeldBelow(place)) return [leafOf(names, value)];
  const fields = projection === 'all' ? Object.keys(value).map((field) => [field, 'all'] as const) : [...projection];
  const below = fields.sort(byName).flatMap(([field, inner]) => {
    const own = [...names, field];
    if (!Object.hasOwn(value, field)) return [leafOf(own, undefined)];
    return leavesAt({ ...place, path: [...place.path, field] }, value[field], inner, own);
  });
  return projection === 'all' ? [...orderLeaves(value, names), ...below] : below;
}

function leafOf(names: readonly string[], value: unknown): Leaf {
  return { name: names.join('.'), key: JSON.stringify(names), value };
}

/** The order of fields, where all are read one by one. */
export function orderLeaves(value: unknown, names: readonly string[]): Leaf[] {
  if (!isPlainObject(value)) return [];
  return [{ name: `the order of fields in ${names.join('.')}`, key: JSON.stringify([names]), value: Object.keys(value) }];
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function heldAt({ slice: { held = [] }, path }: Place): Snapshot | undefined {
  return held.find((each) => each.path.length === path.length && startsWith(each.path, path))?.snapshot;
}

function isHeldBelow({ slice: { held = [] }, path }: Place): boolean {
  return held.some((each) => startsWith(each.path, path));
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((field, at) => path[at] === field);
}

/** The names that expressions of an iteration see, as in the thread that runs it. `input` is what the node calls its input. */
export function lookupIn(task: Task, iteration: Iteration, input: () => unknown): Lookup {
  const slices = [iteration.slice, task.shared];
  const find = (name: string): unknown => {
    const place = findName(slices, name);
    return place && (restore(place) ?? null);
  };
  return (name) => {
    const { run } = task;
    if (name === 'input') return input() ?? null;
    if (name === 'run')
      return { id: run.runId, startedAt: new Date(run.startedAt).toISOString(), input: find(runInputName) ?? null };
    if (name === 'config' || name === 'env' || name === 'secrets') return run[name];
    if (name === 'nodes')
      return Object.fromEntries(slices.flatMap(({ nodes }) => Object.keys(nodes)).map((id) => [id, find(id)]));
    const found = find(name);
    if (found !== undefined || !isOfIteration(name)) return found;
    return reveal(iteration[name]);
  };
}

function isOfIteration(name: string): name is 'item' | 'index' | 'branch' {
  return name === 'item' || name === 'index' || name === 'branch';
}

/** The value with its snapshots in their places; what the task takes along is left as it is. */
function restore({ slice, path }: Place): unknown {
  const below = (slice.held ?? []).filter((each) => startsWith(each.path, path));
  return below.reduce(
    (value, each) => withValue(value, each.path.slice(path.length), each.snapshot.value),
    reveal(valueAt({ slice, path })),
  );
}

function withValue(value: unknown, [field, ...rest]: readonly string[], held: unknown): unknown {
  if (field === undefined) return held;
  return { ...(value as Fields), [field]: withValue((value as Fields)[field], rest, held) };
}
