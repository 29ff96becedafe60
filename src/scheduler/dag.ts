import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { Adjacency, Dag, Vertex } from './types.js';

/**
 * The graph of who waits for whom, in time linear in vertices and dependencies.
 * Cycles are kept: ordering refuses them.
 * @throws FlowError FLOW_ID_DUPLICATE, FLOW_REFERENCE_UNKNOWN
 */
export function buildDag(vertices: readonly Vertex[]): Dag {
  const dependencies = resolveDependencies(vertices, indexById(vertices));
  return { vertices, dependencies, dependents: reverse(dependencies) };
}

export function vertexAt({ vertices }: Pick<Dag, 'vertices'>, index: number): Vertex {
  const vertex = vertices[index];
  if (vertex === undefined) throw new TypeError(`Expected the index of a vertex, got ${index}`);
  return vertex;
}

/** Positions of a vertex's neighbours, as a view. */
export function neighbours({ offsets, targets }: Adjacency, index: number): Int32Array {
  return targets.subarray(offsets[index], offsets[index + 1]);
}

/** How many distinct vertices each vertex waits for: a fresh array, for the caller to count down with `release`. */
export function countDependencies({ dependencies: { offsets } }: Dag): Int32Array {
  const counts = new Int32Array(offsets.length - 1);
  for (let index = 0; index < counts.length; index++) counts[index] = (offsets[index + 1] ?? 0) - (offsets[index] ?? 0);
  return counts;
}

/** Counts one dependency of `index` as done. True when that was the last. */
export function release(waiting: Int32Array, index: number): boolean {
  const left = (waiting[index] ?? 0) - 1;
  waiting[index] = left;
  return left === 0;
}

function indexById(vertices: readonly Vertex[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (const [index, { id, at }] of vertices.entries()) {
    if (positions.has(id)) {
      throw new FlowError('FLOW_ID_DUPLICATE', `Expected every id once, but "${id}" is declared twice`, {
        source: at,
        nodeId: id,
        hint: 'Rename one of the two.',
      });
    }
    positions.set(id, index);
  }
  return positions;
}

function resolveDependencies(vertices: readonly Vertex[], positions: ReadonlyMap<string, number>): Adjacency {
  const offsets = new Int32Array(vertices.length + 1);
  const targets: number[] = [];
  // The vertex that named a target last: knows a repeated edge without a set per vertex.
  const namedBy = new Int32Array(vertices.length).fill(-1);
  for (const [index, vertex] of vertices.entries()) {
    for (const { id } of vertex.dependsOn) {
      const target = positions.get(id) ?? refuseUnknown(vertex, id, positions);
      if (namedBy[target] !== index) targets.push(target);
      namedBy[target] = index;
    }
    offsets[index + 1] = targets.length;
  }
  return { offsets, targets: Int32Array.from(targets) };
}

function refuseUnknown(vertex: Vertex, id: string, positions: ReadonlyMap<string, number>): never {
  throw new FlowError('FLOW_REFERENCE_UNKNOWN', `"${vertex.id}" waits for "${id}", but no node has that id`, {
    source: vertex.at,
    nodeId: vertex.id,
    hint: suggestName(id, positions.keys()) ?? 'Name a node of this flow.',
  });
}

function reverse(forward: Adjacency): Adjacency {
  const size = forward.offsets.length - 1;
  const offsets = new Int32Array(size + 1);
  for (const target of forward.targets) offsets[target + 1] = (offsets[target + 1] ?? 0) + 1;
  for (let index = 0; index < size; index++) offsets[index + 1] = (offsets[index + 1] ?? 0) + (offsets[index] ?? 0);

  const targets = new Int32Array(forward.targets.length);
  const nextSlot = offsets.slice();
  for (let index = 0; index < size; index++) {
    for (const target of neighbours(forward, index)) {
      const slot = nextSlot[target] ?? 0;
      targets[slot] = index;
      nextSlot[target] = slot + 1;
    }
  }
  return { offsets, targets };
}
