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
 * fields say nothing about it. Parts are shared, not copied.
 */
export function project(value: unknown, projection: Projection): unknown {
  if (projection === 'all' || !isPlainObject(value)) return value;
  const part: Record<string, unknown> = {};
  for (const [field, inner] of projection) {
    if (!Object.hasOwn(value, field)) continue;
    define(part, field, project(value[field], inner));
  }
  return part;
}

/** `__proto__` as a key is data like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
