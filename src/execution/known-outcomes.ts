import type { IterationOutcome, NodeRecord, Task } from '../dispatch/types.js';

/** Where an iteration of a task belongs in the run: empty at the top, else such as `scored[3]/`. */
export type PathOf = (iteration: number) => string;

/** What is known of an iteration: how it ended, or which of its nodes, from the first on, had finished. */
export type Recalled = IterationOutcome | { readonly status: 'begun'; readonly nodes: readonly NodeRecord[] };

/** Somewhere outcomes of earlier work can be found. */
export interface KnownOutcomes {
  /** What events call it. */
  readonly source: 'resume' | 'cache';
  /** By iteration: the outcome of what need not run again. `lineage` tells attempts of the blocks around apart; empty in their first. */
  recall(task: Task, pathOf: PathOf, lineage: string): Promise<readonly (Recalled | undefined)[]>;
  /** A task as it is to be sent, so that whoever runs it notes its outcomes. */
  prepare?(task: Task, pathOf: PathOf, lineage: string): Promise<Task>;
  /** Told of what has run, in order; nobody waits for it before the end of the run. Never rejects. */
  remember(task: Task, pathOf: PathOf, outcomes: readonly IterationOutcome[], lineage: string): Promise<void>;
}

/**
 * What was decided in a run, kept so that it is decided alike when the run is resumed. `lineage` and `path` name what it was
 * decided about.
 */
export interface Decisions {
  recall(what: Decision, lineage: string, path: string): unknown;
  /** `decision` is plain JSON data. */
  note(what: Decision, lineage: string, path: string, decision: unknown): void;
}

/**
 * `ended`: the units of a block that had ended when it was over before all had, and who won. `attempt`: which one a block has come to.
 * `handled`: that the failures in a block, or the one of a node, were made up for, so that they count as results.
 */
export type Decision = 'ended' | 'attempt' | 'handled';

/** Tasks whose outcomes may be told of at one time: those that write to a disk hold them until then. */
const mostTold = 64;

/** Where a task is sent when no outcome of it is known. */
export type Send = (task: Task, pathOf: PathOf) => Promise<readonly IterationOutcome[]>;

/** What is known of a run's work from elsewhere, and what is still being told of what ran. */
export class KnownWork {
  readonly #known: readonly KnownOutcomes[];
  readonly #telling = new Set<Promise<void>>();

  /** Asked in this order. */
  constructor(known: readonly KnownOutcomes[]) {
    this.#known = known;
  }

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  /** Sends off just the iterations of a task of which nothing is known; the rest of one that had begun is for the caller to run. One outcome per iteration, in order. */
  async complete(task: Task, pathOf: PathOf, lineage: string, send: Send): Promise<readonly Recalled[]> {
    const outcomes = await this.#recall(task, pathOf, lineage);
    const rest = positionsOf(outcomes);
    if (rest.length === 0) return outcomes as Recalled[];
    const unknown = only(task, rest);
    const where = (iteration: number): string => pathOf(rest[iteration] as number);
    const fresh = await send(await this.#prepare(unknown, where, lineage), where);
    for (const known of this.#known) await this.#tell(known.remember(unknown, where, fresh, lineage));
    fresh.forEach((outcome, at) => {
      outcomes[rest[at] as number] = outcome;
    });
    return outcomes as Recalled[];
  }

  /** Resolves when everything has been told. */
  async settled(): Promise<void> {
    await Promise.all(this.#telling);
  }

  async #recall(task: Task, pathOf: PathOf, lineage: string): Promise<(Recalled | undefined)[]> {
    const outcomes = new Array<Recalled | undefined>(task.iterations.length).fill(undefined);
    for (const known of this.#known) {
      const rest = positionsOf(outcomes);
      if (rest.length === 0) break;
      const recalled = await known.recall(only(task, rest), (iteration) => pathOf(rest[iteration] as number), lineage);
      recalled.forEach((outcome, at) => {
        if (outcome) outcomes[rest[at] as number] = reused(outcome, known.source);
      });
    }
    return outcomes;
  }

  async #prepare(task: Task, pathOf: PathOf, lineage: string): Promise<Task> {
    let prepared = task;
    for (const known of this.#known) if (known.prepare) prepared = await known.prepare(prepared, pathOf, lineage);
    return prepared;
  }

  /** Resolves at once unless so much is being told that work must not go on making more of it. */
  async #tell(telling: Promise<void>): Promise<void> {
    const told = telling.finally(() => this.#telling.delete(told));
    this.#telling.add(told);
    while (this.#telling.size > mostTold) await Promise.race(this.#telling);
  }
}

function positionsOf(outcomes: readonly (Recalled | undefined)[]): number[] {
  const positions: number[] = [];
  for (let at = 0; at < outcomes.length; at++) if (outcomes[at] === undefined) positions.push(at);
  return positions;
}

function only(task: Task, positions: readonly number[]): Task {
  if (positions.length === task.iterations.length) return task;
  return { ...task, iterations: positions.map((at) => task.iterations[at] as Task['iterations'][number]) };
}

function reused(outcome: Recalled, source: KnownOutcomes['source']): Recalled {
  return { ...outcome, nodes: outcome.nodes.map((record) => ({ ...record, reused: source })) };
}
