import { Snapshot } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';
import type { ValueRead } from '../types/reads.js';

/** How much of a value is read: all of it, or these fields. */
export type Projection = 'all' | ReadonlyMap<string, Projection>;

/** What a piece of a flow reads, folded: a value and one of its fields make the value. */
export interface ReadSet {
  /** By node id; the projection is of the node's result (`output`, `status` …). */
  readonly nodes: ReadonlyMap<string, Projection>;
  readonly names: ReadonlyMap<string, Projection>;
}

/** Folds reads into one set. */
export function toReadSet(reads: Iterable<ValueRead>): ReadSet {
  const nodes = new Map<string, Projection>();
  const names = new Map<string, Projection>();
  for (const read of reads) {
    if (read.kind === 'node') nodes.set(read.id, widen(nodes.get(read.id), read.path));
    else names.set(read.name, widen(names.get(read.name), read.path));
  }
  return { nodes, names };
}

function widen(known: Projection | undefined, path: readonly string[]): Projection {
  const [field, ...rest] = path;
  if (known === 'all' || field === undefined) return 'all';
  const fields = new Map(known);
  fields.set(field, widen(fields.get(field), rest));
  return fields;
}

/**
 * The part of a value that is read. Where the value is no plain object (a list, a Map, `null`) all of it is given, since
 * fields say nothing about it. Parts are shared, not copied; those of a snapshot stay snapshots where they can.
 */
export function project(value: unknown, projection: Projection, others: Others = 'dropped'): unknown {
  if (projection === 'all') return value;
  const whole = value instanceof Snapshot ? value.rest : value;
  if (!isPlainObject(whole)) return value;
  const part: Record<string, unknown> = {};
  let isComplete = true;
  for (const [field, inner] of projection) {
    if (!Object.hasOwn(whole, field)) isComplete = false;
    else
      define(part, field, project((value instanceof Snapshot ? value.field(field) : undefined) ?? whole[field], inner, others));
  }
  if (!isComplete && others === 'named') nameOthers(part, whole);
  return part;
}

/**
 * What becomes of fields that are not read. Where one that is read is absent, reading it will most likely fail, and the failure lists the fields
 * that are there: `named` gives these as `null`, which no reader can see, as every read is known.
 */
type Others = 'dropped' | 'named';

/** A failure lists fewer, and says "many more" from here on. */
const mostOthers = 100;

function nameOthers(part: Record<string, unknown>, whole: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(whole).slice(0, mostOthers)) {
    if (!Object.hasOwn(part, name) && whole[name] !== undefined) define(part, name, null);
  }
}

/** A part that a task reads and that travels as a snapshot: `path` leads from the slice to its place. */
export interface HeldValue {
  readonly path: readonly string[];
  readonly snapshot: Snapshot;
}

/**
 * Moves the snapshots among what `project` gave under `holder[key]` into `held`; `null` stays behind. `hold` may turn
 * a plain value that is read whole into a snapshot.
 */
export function takeOutHeld(
  holder: Record<string, unknown>,
  key: string,
  projection: Projection,
  around: readonly string[],
  held: HeldValue[],
  hold: (value: unknown) => unknown,
): void {
  const path = [...around, key];
  const value = holder[key];
  if (projection !== 'all' && isPlainObject(value)) {
    for (const [field, inner] of projection) if (Object.hasOwn(value, field)) takeOutHeld(value, field, inner, path, held, hold);
    return;
  }
  const snapshot = hold(value);
  if (!(snapshot instanceof Snapshot)) return;
  held.push({ path, snapshot });
  define(holder, key, null);
}

/** `__proto__` as a key is data like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
