import type { IterationOutcome, Task } from '../dispatch/types.js';

/** Where an iteration of a task belongs in the run: empty at the top, else such as `scored[3]/`. */
export type PathOf = (iteration: number) => string;

/** Somewhere outcomes of earlier work can be found. */
export interface KnownOutcomes {
  /** What events call it. */
  readonly source: 'resume' | 'cache';
  /** By iteration: the outcome of what need not run again. `lineage` tells attempts of the blocks around apart; empty in their first. */
  recall(task: Task, pathOf: PathOf, lineage: string): Promise<readonly (IterationOutcome | undefined)[]>;
  /** A task as it is to be sent, so that whoever runs it notes its outcomes. */
  prepare?(task: Task, pathOf: PathOf, lineage: string): Promise<Task>;
  /** Told of what has run, in order; nobody waits for it before the end of the run. Never rejects. */
  remember(task: Task, pathOf: PathOf, outcomes: readonly IterationOutcome[], lineage: string): Promise<void>;
}

/** Where a task is sent when no outcome of it is known. */
export type Send = (task: Task, pathOf: PathOf) => Promise<readonly IterationOutcome[]>;

/** What is known of a run's work from elsewhere, and what is still being told of what ran. */
export class Memory {
  readonly #known: readonly KnownOutcomes[];
  readonly #telling = new Set<Promise<void>>();

  /** Asked in this order. */
  constructor(known: readonly KnownOutcomes[]) {
    this.#known = known;
  }

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  /** Sends off just the iterations of a task whose outcomes are not known. One outcome per iteration, in order. */
  async complete(task: Task, pathOf: PathOf, lineage: string, send: Send): Promise<readonly IterationOutcome[]> {
    const outcomes = await this.#recall(task, pathOf, lineage);
    const rest = positionsOf(outcomes);
    if (rest.length === 0) return outcomes as IterationOutcome[];
    const unknown = only(task, rest);
    const where = (iteration: number): string => pathOf(rest[iteration] as number);
    const fresh = await send(await this.#prepare(unknown, where, lineage), where);
    for (const known of this.#known) this.#tell(known.remember(unknown, where, fresh, lineage));
    fresh.forEach((outcome, at) => {
      outcomes[rest[at] as number] = outcome;
    });
    return outcomes as IterationOutcome[];
  }

  /** Resolves when everything has been told. */
  async settled(): Promise<void> {
    await Promise.all(this.#telling);
  }

  async #recall(task: Task, pathOf: PathOf, lineage: string): Promise<(IterationOutcome | undefined)[]> {
    const outcomes = new Array<IterationOutcome | undefined>(task.iterations.length).fill(undefined);
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

  #tell(telling: Promise<void>): void {
    const told = telling.finally(() => this.#telling.delete(told));
    this.#telling.add(told);
  }
}

function positionsOf(outcomes: readonly (IterationOutcome | undefined)[]): number[] {
  const positions: number[] = [];
  for (let at = 0; at < outcomes.length; at++) if (outcomes[at] === undefined) positions.push(at);
  return positions;
}

function only(task: Task, positions: readonly number[]): Task {
  if (positions.length === task.iterations.length) return task;
  return { ...task, iterations: positions.map((at) => task.iterations[at] as Task['iterations'][number]) };
}

function reused(outcome: IterationOutcome, source: KnownOutcomes['source']): IterationOutcome {
  return { ...outcome, nodes: outcome.nodes.map((record) => ({ ...record, reused: source })) };
}
