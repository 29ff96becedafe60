import { type HeldValue, type Projection, project, type ReadSet, takeOutHeld } from './slice.js';

/** What travels with a task: values by name and by node, `null` in the places of what is held as snapshots. */
interface Sliced {
  readonly names: Readonly<Record<string, unknown>>;
  readonly nodes: Readonly<Record<string, unknown>>;
  readonly held?: readonly HeldValue[] | undefined;
}

/** The part of a slice that is read: the same as if no more had been sliced, whatever else was. */
export function narrowSlice({ names, nodes, held = [] }: Sliced, reads: ReadSet): Sliced {
  const part = { names: project(names, reads.names), nodes: project(nodes, reads.nodes) } as Sliced;
  const stillHeld: HeldValue[] = [];
  for (const { path, snapshot } of held) {
    const [root, ...fields] = path;
    const projection = along(root === 'names' ? reads.names : reads.nodes, fields);
    if (projection === undefined) continue;
    if (projection === 'all') stillHeld.push({ path, snapshot });
    else placeRead(part, path, project(snapshot, projection), projection, stillHeld);
  }
  return stillHeld.length === 0 ? part : { ...part, held: stillHeld };
}

/** How much is read of what the path leads to. */
function along(projection: Projection | undefined, [field, ...rest]: readonly string[]): Projection | undefined {
  if (projection === undefined || projection === 'all' || field === undefined) return projection;
  return along(projection.get(field), rest);
}

/** Everything around it is a copy: not all of it is read. */
function placeRead(part: Sliced, path: readonly string[], value: unknown, projection: Projection, held: HeldValue[]): void {
  const [around, key] = [path.slice(0, -1), path.at(-1) ?? ''];
  const holder = around.reduce<object>((at, field) => Reflect.get(at, field) as object, part);
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  takeOutHeld(holder as Record<string, unknown>, key, projection, around, held, (each) => each);
}
