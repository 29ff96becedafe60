import type { ForeachNode, ParallelNode } from '../types/ast.js';
import type { BlockTracker } from './block-tracker.js';
import type { BlockOutcome, Scope } from './scope.js';
import type { UnitRange } from './unit-set.js';
import type { Lane, Units } from './units.js';

interface Ended {
  /** Of a race. */
  readonly winners: readonly number[];
  readonly completed: readonly UnitRange[];
  /** In order of time. */
  readonly failed: readonly number[];
  /** Of a `parallel`: what its branches were known by, in their order then. */
  readonly branches?: readonly string[] | undefined;
}

/**
 * Which units of a block had ended when it was over before all of them had: a race that was won, or a failure that stopped the
 * others and was made up for. When the run is resumed the same must win, and fail, again, whoever is quicker then: they are asked
 * first, and no other one starts if they decide it.
 */
export class EndedUnits {
  readonly #node: ParallelNode | ForeachNode;
  readonly #scope: Scope;
  readonly #before: Ended | undefined;
  /** In rising order. */
  readonly #asked: readonly UnitRange[];

  /** Of rows that come from a file, whose `total` is unknown, none can be asked before the others: such a block is no race and has no fallback. */
  constructor(node: ParallelNode | ForeachNode, total: number | undefined, scope: Scope) {
    this.#node = node;
    this.#scope = scope;
    this.#before = total === undefined ? undefined : this.#recall();
    this.#asked = this.#before === undefined ? [] : rangesOf(this.#before, total ?? 0);
  }

  /** Asks those that had ended before, and enters the winners first. Rejects only once every one of them has ended. */
  async replay(units: Units, lane: Omit<Lane, 'release'>): Promise<void> {
    if (this.#before === undefined) return;
    const outcomes = new Map<number, BlockOutcome>();
    const enter = (index: number, outcome: BlockOutcome): void => void outcomes.set(index, outcome);
    const asking: Promise<void>[] = [];
    for (const [from, end] of this.#asked) {
      for (let next = from; next < end; ) {
        const release = await lane.gate.acquire();
        const count = units.chunk(end - next);
        asking.push(units.run(next, count, { ...lane, enter, release }).finally(release));
        next += count;
      }
    }
    await Promise.allSettled(asking);
    await Promise.all(asking);
    const { winners, failed } = this.#before;
    const last = new Set(failed);
    const others = [...outcomes.keys()].filter((index) => !last.has(index));
    for (const index of new Set([...winners, ...others, ...failed])) {
      const outcome = outcomes.get(index);
      if (outcome !== undefined) lane.enter(index, outcome);
    }
  }

  /** The next unit from `from` on that was not asked. */
  nextUnended(from: number): number {
    const next = this.#asked[this.#after(from)];
    return next !== undefined && next[0] <= from ? next[1] : from;
  }

  /** So many units from `from` on, which itself was not, were not asked. */
  room(from: number): number {
    return (this.#asked[this.#after(from)]?.[0] ?? Number.POSITIVE_INFINITY) - from;
  }

  /** Which range is the first that ends behind `from`: there may be 100,000 of them. */
  #after(from: number): number {
    let [low, high] = [0, this.#asked.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#asked[middle] as UnitRange)[1] > from) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Keeps which have ended, where others have not. */
  note(tracker: BlockTracker): void {
    const { run, lineage, path, signal } = this.#scope;
    const hasFailed = tracker.verdict().status === 'failed';
    const isRace = this.#node.join.kind !== 'all';
    if (run.decisions === undefined || (hasFailed ? signal.aborted : !isRace)) return;
    const winners = isRace && !hasFailed ? tracker.joined() : [];
    const ended: Ended = {
      winners,
      completed: tracker.completed,
      failed: tracker.failedInTime,
      branches: branchesOf(this.#node),
    };
    run.decisions.note('ended', lineage, path + this.#node.id, ended);
  }

  /** A failure that nobody made up for is no result: all of the block is tried again. */
  #recall(): Ended | undefined {
    const { run, lineage, path } = this.#scope;
    const where = path + this.#node.id;
    const noted = run.decisions?.recall('ended', lineage, where) as Ended | undefined;
    const before = noted && inPresentOrder(noted, branchesOf(this.#node));
    if (before === undefined || before.winners.length > 0) return before;
    return run.decisions?.recall('handled', lineage, where) === true ? before : undefined;
  }
}

/** Branches may be moved between two attempts at a run: by name, else by their first node. */
function branchesOf(node: ParallelNode | ForeachNode): readonly string[] | undefined {
  if (node.kind !== 'parallel') return undefined;
  return node.branches.map(([first], at) => {
    const name = node.branchConfigs[at]?.name;
    // Ids that no author wrote are numbers of places.
    return name === undefined ? `id ${first?.id.startsWith('$') === false ? first.id : at}` : `name ${name}`;
  });
}

/**
 * The same units where they stand now: a branch whose name or first node was changed is taken to be the new one at its place.
 * Undefined when a winner is gone: then the race is run anew.
 */
function inPresentOrder(ended: Ended, now: readonly string[] | undefined): Ended | undefined {
  const { branches: then } = ended;
  if (then === undefined || now === undefined || then.every((branch, at) => branch === now[at])) return ended;
  const known = new Set(then);
  const places = new Map(now.map((branch, at) => [branch, at]));
  const placeOf = (index: number): number | undefined => {
    const moved = places.get(then[index] ?? '');
    const successor = now[index];
    return moved ?? (successor === undefined || known.has(successor) ? undefined : index);
  };
  const placesOf = (indices: readonly number[]): number[] => indices.flatMap((index) => placeOf(index) ?? []);
  const winners = placesOf(ended.winners);
  if (winners.length < ended.winners.length) return undefined;
  const completed = ended.completed.flatMap(([from, end]) => Array.from({ length: end - from }, (_, at) => from + at));
  const ranges = placesOf(completed).map((index): UnitRange => [index, index + 1]);
  return { winners, completed: ranges, failed: placesOf(ended.failed), branches: now };
}

/** All that are to be asked, ranges that touch put together. */
function rangesOf({ winners, completed, failed }: Ended, total: number): UnitRange[] {
  const single = [...winners, ...failed].map((index): UnitRange => [index, index + 1]);
  const merged: [from: number, end: number][] = [];
  for (const [from, end] of [...completed, ...single].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], end);
    else if (from < total) merged.push([from, end]);
  }
  return merged.map(([from, end]) => [from, Math.min(end, total)]);
}
