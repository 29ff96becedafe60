import type { SourcePosition } from '../types/source.js';

/** One node as the planner sees it. */
export interface Vertex {
  readonly id: string;
  /** Element name, such as `transform:map`. */
  readonly label: string;
  /** The author's estimate of how long the node takes. */
  readonly costMs: number | undefined;
  readonly at: SourcePosition;
  /** May name one id several times, for several reasons. */
  readonly dependsOn: readonly Dependency[];
  /** What its expressions read, such as `a.output.rows` or `config.top`. Shown by `flowscript plan`; no edges follow from it. */
  readonly reads: readonly string[];
}

/** `data` reads the other's result, `after` asks for order alone, `variable` reads or overwrites what the other sets. */
export interface Dependency {
  readonly id: string;
  readonly reason: 'data' | 'after' | 'variable';
}

/** Vertices by declared position (0-based), edges as positions, both ways. An edge appears once however many reasons it has. */
export interface Dag {
  readonly vertices: readonly Vertex[];
  /** What each vertex waits for, as first named in `dependsOn`. */
  readonly dependencies: Adjacency;
  /** What waits for each vertex, in declared order. */
  readonly dependents: Adjacency;
}

/** Compressed rows: the neighbours of vertex `i` are `targets[offsets[i]]` up to, without, `targets[offsets[i + 1]]`. */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Layers of a plan: a vertex stands one wave after the latest of what it depends on. */
export interface Waves {
  /** 0-based wave of each vertex. */
  readonly waveOf: Int32Array;
  /** Vertices of each wave, in declared order. No wave is empty. */
  readonly members: readonly (readonly number[])[];
}

/** Milliseconds. `hint`: the author's estimate; `measured`: what it took last; `default`: nothing is known. */
export interface Cost {
  readonly ms: number;
  readonly from: 'hint' | 'measured' | 'default';
}

/** What the runtime needs to start nodes in a good order, and what `flowscript plan` shows. */
export interface Plan {
  /** In declared order: a vertex's position is its index everywhere else. */
  readonly vertices: readonly Vertex[];
  readonly dag: Dag;
  /** Ids of each wave, in declared order. */
  readonly waves: readonly (readonly string[])[];
  /** The same waves as positions. */
  readonly layers: Waves;
  /** What vertices took when they last ran, in ms, by id; used where the author gives no cost. */
  readonly measured: ReadonlyMap<string, number>;
  /** Longest remaining path of each vertex, its own cost included. */
  readonly priorities: Float64Array;
  /** Ids of the costliest chain, first to last; empty for a flow without nodes. */
  readonly criticalPath: readonly string[];
}
