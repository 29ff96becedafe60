import type { Declaration, Place, PlaceKind } from './declarations.js';

/** May it be read? If not, `why` is the end of a sentence about the node that is read. */
export type Visibility = { readonly kind: 'visible' } | Hidden;

export interface Hidden {
  readonly kind: 'hidden';
  readonly code: 'FLOW_REFERENCE_UNKNOWN' | 'FLOW_CYCLE';
  readonly why: string;
}

const visible: Visibility = { kind: 'visible' };

/** Bodies whose nodes are seen by what comes after the block. */
const transparent: ReadonlySet<PlaceKind> = new Set(['branch', 'then', 'else', 'match', 'otherwise', 'phase']);
const handlers: ReadonlySet<PlaceKind> = new Set(['on-error', 'finally']);

/** Whether a node standing at `reader` may read the result of `target`. */
export function visibility(reader: Declaration, target: Declaration): Visibility {
  const shared = sharedDepth(reader.trail, target.trail);
  if (shared < 0) return fromHandler(reader, target);
  const mine = reader.trail[shared] as Place;
  const theirs = target.trail[shared] as Place;
  if (mine.index === theirs.index) return withinOneNode(reader, target, shared);
  if (mine.kind !== 'top' && theirs.index > mine.index) return hidden('runs later in the same body');
  return throughBodies(target.trail.slice(shared + 1));
}

/** Index of the innermost body both stand in; -1 when they share none. */
function sharedDepth(a: readonly Place[], b: readonly Place[]): number {
  let depth = -1;
  while (depth + 1 < Math.min(a.length, b.length) && a[depth + 1]?.body === b[depth + 1]?.body) {
    depth++;
    if (a[depth]?.index !== b[depth]?.index) break;
  }
  return depth;
}

function fromHandler(reader: Declaration, target: Declaration): Visibility {
  const from = reader.trail[0]?.kind ?? 'top';
  const to = target.trail[0]?.kind ?? 'top';
  if (handlers.has(from) && to === 'top') return throughBodies(target.trail.slice(1));
  return hidden(`stands in <${to}>, which runs when the nodes here have ended`);
}

/** Both lie inside one node, or one is the other. */
function withinOneNode(reader: Declaration, target: Declaration, shared: number): Visibility {
  const { id } = target.node;
  if (reader === target) return cycle('is the node itself, which would wait for itself', [id, id]);
  if (reader.trail[shared + 1]?.kind === 'fallback') return fromFallback(target, shared);
  if (target.trail.length === shared + 1)
    return cycle('is a block around this node and has no result yet', [id, reader.node.id, id]);
  if (reader.trail.length === shared + 1) return hidden(`runs inside this ${reader.node.kind}`);
  if (target.trail[shared + 1]?.kind === 'branch') return hidden('runs in a sibling branch, which is isolated from this one');
  return hidden('stands in another arm of the same node');
}

/** A fallback runs when its node has failed, and sees what had come of it. */
function fromFallback(target: Declaration, shared: number): Visibility {
  return throughBodies(target.trail.slice(shared + 1));
}

function throughBodies(inner: readonly Place[]): Visibility {
  const wall = inner.find((place) => !transparent.has(place.kind));
  if (!wall) return visible;
  return hidden(`is visible only inside ${describe(wall)}`);
}

function describe(place: Place): string {
  const owner = place.owner ? ` "${place.owner.id}"` : '';
  if (place.kind === 'fallback') return `the fallback of${owner}`;
  return `one iteration of ${place.kind}${owner}`;
}

export function hidden(why: string): Hidden {
  return { kind: 'hidden', code: 'FLOW_REFERENCE_UNKNOWN', why };
}

function cycle(why: string, path: readonly string[]): Hidden {
  return { kind: 'hidden', code: 'FLOW_CYCLE', why: `${why}: ${path.join(' -> ')}` };
}
