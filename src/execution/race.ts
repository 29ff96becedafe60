import type { ForeachNode, ParallelNode } from '../types/ast.js';
import type { BlockTracker } from './block-tracker.js';
import type { BlockOutcome, Scope } from './scope.js';
import type { Lane, Units } from './units.js';

interface Finish {
  readonly winners: readonly number[];
  /** Units that had finished beside them. */
  readonly others: readonly number[];
}

/**
 * Who won a block in which not all need to succeed. When the run is resumed the same must win again, whoever is quicker then:
 * they are asked first, and the others only after them.
 */
export class Race {
  readonly #node: ParallelNode | ForeachNode;
  readonly #total: number | undefined;
  readonly #scope: Scope;
  readonly #completed: number[] = [];
  /** In rising order. */
  readonly #asked: number[];
  readonly #before: Finish | undefined;

  /** Of rows that come from a file, whose `total` is unknown, none can be asked before the others. */
  constructor(node: ParallelNode | ForeachNode, total: number | undefined, scope: Scope) {
    this.#node = node;
    this.#total = total;
    this.#scope = scope;
    const before = this.#isRace ? scope.run.decisions?.recall('winners', scope.lineage, scope.path + node.id) : undefined;
    this.#before = before as Finish | undefined;
    const { winners = [], others = [] } = this.#before ?? {};
    this.#asked = [...winners, ...others].filter((index) => index < (total ?? 0)).sort((a, b) => a - b);
  }

  /** Takes in how a unit has ended. */
  enter(index: number, outcome: BlockOutcome): void {
    if (this.#isRace && outcome.status === 'completed') this.#completed.push(index);
  }

  /** Asks those that had finished before, and enters the winners first. */
  async replay(units: Units, lane: Omit<Lane, 'release'>): Promise<void> {
    if (this.#before === undefined) return;
    const outcomes = new Map<number, BlockOutcome>();
    const enter = (index: number, outcome: BlockOutcome): void => void outcomes.set(index, outcome);
    const ask = async (index: number): Promise<void> => {
      const release = await lane.gate.acquire();
      await units.run(index, 1, { ...lane, enter, release }).finally(release);
    };
    await Promise.all(this.#asked.map(ask));
    const { winners } = this.#before;
    const inOrder = [...winners, ...this.#asked.filter((index) => !winners.includes(index))];
    for (const index of inOrder) {
      const outcome = outcomes.get(index);
      if (outcome !== undefined) lane.enter(index, outcome);
    }
  }

  /** The next unit from `from` on that was not asked. */
  skip(from: number): number {
    let next = from;
    while (this.#asked.includes(next)) next++;
    return next;
  }

  /** So many units from `from` on were not asked. */
  room(from: number): number {
    return (this.#asked.find((index) => index > from) ?? this.#total ?? Number.POSITIVE_INFINITY) - from;
  }

  /** Keeps who has won. */
  note(tracker: BlockTracker): void {
    if (!this.#isRace || tracker.verdict().status !== 'completed') return;
    const winners = tracker.joined();
    const others = this.#completed.filter((index) => !winners.includes(index));
    this.#scope.run.decisions?.note('winners', this.#scope.lineage, this.#scope.path + this.#node.id, { winners, others });
  }

  get #isRace(): boolean {
    return this.#total !== undefined && this.#node.join.kind !== 'all' && this.#scope.run.decisions !== undefined;
  }
}
