import type { WorkflowAST } from '../types/ast.js';
import { countDependencies, neighbours, release } from './dag.js';
import { PriorityQueue } from './priority-queue.js';
import type { Dag, Waves } from './types.js';

const running = 1;
const completed = 2;

/**
 * What may start now, as a state machine: completions in, vertices to start out. Knows nothing of how they run.
 *
 * With `ready` a vertex may start once all it depends on is complete; with `waves` once every vertex of the
 * wave before is.
 */
export class Frontier {
  readonly #dag: Dag;
  readonly #ready = new PriorityQueue<number>();
  readonly #priorities: Float64Array;
  readonly #waiting: Int32Array;
  readonly #stage: Uint8Array;
  readonly #barrier: WaveBarrier | undefined;
  #left: number;

  /** @param priorities by position, highest first; of equals the first declared goes first */
  constructor(dag: Dag, priorities: Float64Array, schedule: WorkflowAST['schedule'], waves: Waves) {
    this.#dag = dag;
    this.#priorities = priorities;
    this.#waiting = countDependencies(dag);
    this.#stage = new Uint8Array(dag.vertices.length);
    this.#barrier = schedule === 'waves' ? new WaveBarrier(waves) : undefined;
    this.#left = dag.vertices.length;
    for (const index of waves.members[0] ?? []) this.#add(index);
  }

  /** True once every vertex is complete. */
  get done(): boolean {
    return this.#left === 0;
  }

  /** Takes the vertex to start next, or gives `undefined` when nothing may start before a completion. */
  next(): number | undefined {
    const index = this.#ready.shift();
    if (index !== undefined) this.#stage[index] = running;
    return index;
  }

  /** @throws TypeError when `index` was not given by `next()`, or is complete already */
  complete(index: number): void {
    if (this.#stage[index] !== running) {
      throw new TypeError(`Expected a vertex that next() gave and that is not complete, got ${index}`);
    }
    this.#stage[index] = completed;
    this.#left -= 1;
    for (const freed of this.#barrier?.pass() ?? this.#releaseDependents(index)) this.#add(freed);
  }

  #add(index: number): void {
    this.#ready.push(index, this.#priorities[index] ?? 0, index);
  }

  #releaseDependents(index: number): Int32Array {
    return neighbours(this.#dag.dependents, index).filter((dependent) => release(this.#waiting, dependent));
  }
}

/** Opens a wave when the last vertex of the one before completes. */
class WaveBarrier {
  readonly #members: Waves['members'];
  #wave = 0;
  #left: number;

  constructor({ members }: Waves) {
    this.#members = members;
    this.#left = members[0]?.length ?? 0;
  }

  /** Counts one completion of the open wave. Gives the vertices that it sets free. */
  pass(): readonly number[] {
    this.#left -= 1;
    if (this.#left > 0) return [];
    this.#wave += 1;
    const freed = this.#members[this.#wave] ?? [];
    this.#left = freed.length;
    return freed;
  }
}
