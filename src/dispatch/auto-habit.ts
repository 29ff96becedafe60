import type { Place } from './auto-nodes.js';
import { PlaceRate } from './auto-rates.js';

/** A change of place must promise this much: near equals do not take turns. */
const worthwhile = 0.95;
/** So many groups after a change the place must have kept the promise, or the change is taken back. */
const probation = 3;
/**
 * Share of the time that may go into looking whether the other place has become the better one. First times are those of code
 * that is not warm yet, so looks are frequent in the beginning; and once more when the place has become slower than the other one was.
 */
const curiosity = { first: 0.3, usual: 0.02, least: 0.0025, doubtful: 0.05 } as const;
/** So many looks come early, each later than the one before, whatever that said, */
const earlyLooks = 3;
/** as long as the other place is expected, or but for cold code would be, to cost no more than this times the place. */
const hopeless = 1.25;
/** Of the usual number of items: a look at smaller messages than this would tell what they cost and not what the place does. */
const usual = 0.5;

/** What an item of the next message is expected to cost in either place, in ms, and what a look at the other place takes. */
export interface Prospect {
  readonly expected: Readonly<Record<Place, number>>;
  /** What a model says that has never seen the place itself. */
  readonly predicted: Readonly<Record<Place, number>>;
  readonly run: string;
  /** In the message. */
  readonly items: number;
  /** Messages at most. */
  readonly lookTasks: number;
}

/** More runs of one flow seldom go on at one time; what they were like a while ago tells little. */
const runsKept = 4;

/** Where messages of one kind run under one load, by what they took in either place. */
export class Habit {
  readonly measured: Readonly<Record<Place, PlaceRate>>;
  readonly #groupOf: number;
  /** Messages that have started in this run. */
  #started = 0;
  #place: Place | undefined;
  /** Messages still to go to the other place. */
  #looking = 0;
  #looks = 0;
  /** Looks in a row that found the place to be the better one: each halves what the next may cost. */
  #confirmed = 0;
  #isOnProbation = false;
  #spentMs = 0;
  #usualItems = 0;
  /** Items of the latest runs so far, several of which may go on at one time: a look ends with its run. */
  readonly #runs = new Map<string, number>();

  /** `groupOf`: messages whose times only tell something together, since several are under way at one time. */
  constructor(groupOf = 1) {
    this.#groupOf = groupOf;
    this.measured = { main: new PlaceRate(groupOf), worker: new PlaceRate(groupOf) };
  }

  /** Items in a message, as most items see it. 0: none has ended. */
  get usualItems(): number {
    return this.#usualItems;
  }

  /** Takes in what a message took of the place's time, copying and messages included. */
  learn(place: Place, ms: number, items: number): void {
    this.measured[place].add(ms, items);
    this.#spentMs += ms;
    const share = items / (items + this.#usualItems);
    this.#usualItems += share * (items - this.#usualItems);
  }

  /**
   * A message of this run comes. Runs are compared as wholes where they are short: their first and last messages are small and tell
   * other times than those between.
   */
  enter(run: string, items: number): void {
    this.#started++;
    const before = this.#runs.get(run);
    const isNew = before === undefined;
    const isFirst = this.#runs.size === 0;
    this.#runs.set(run, (before ?? 0) + items);
    if (!isNew && this.#looking !== 1) return;
    // Before there was a choice threads loaded the code, for messages of one item.
    for (const rate of Object.values(this.measured)) {
      if (isFirst && this.#groupOf > 1) rate.forget();
      else rate.settle(this.#usualItems);
    }
    if (!isNew) return;
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > runsKept && oldest !== undefined) this.#runs.delete(oldest);
    this.#started = 1;
    if (this.#looking > 1) this.#looking = 1;
  }

  /**
   * The better place for the next message; now and then the other one, for several in a row, for one alone would tell nothing.
   * Only a look changes the place: what is known of the other one is old and may come from a time when the machine was less busy.
   * Just after a change it is not old, and a change that was none for the better is taken back.
   */
  decide(prospect: Prospect): Place {
    const { expected, predicted } = prospect;
    // Times of code that is not warm yet, in one of them, would not be a fair start.
    this.#place ??= predicted.main <= predicted.worker ? 'main' : 'worker';
    const place = this.#place;
    const other = place === 'main' ? 'worker' : 'main';
    if (this.#looking > 1) {
      this.#looking--;
      return other;
    }
    const isBetter = expected[other] < expected[place] * worthwhile;
    if (this.#looking === 1) {
      this.#looking = 0;
      // One that has told nothing changes nothing.
      const isFound = isBetter && this.measured[other].groups > 0;
      this.#confirmed = isFound ? 0 : this.#confirmed + 1;
      this.#isOnProbation = isFound;
      if (isFound) this.#place = other;
      return this.#place;
    }
    if (this.#isOnProbation && this.measured[place].groups > probation) {
      this.#isOnProbation = false;
      if (isBetter) this.#place = other;
      return this.#place;
    }
    if (this.#isOnProbation || !this.#isLookDue(prospect, place, other)) return place;
    this.#looks++;
    this.#spentMs = 0;
    this.#looking = prospect.lookTasks;
    this.measured[other].forget();
    return other;
  }

  #isLookDue({ expected, predicted, run, items, lookTasks }: Prospect, place: Place, other: Place): boolean {
    const hope = Math.min(expected[other], predicted[other]);
    const isEarly = this.#looks < earlyLooks && hope <= expected[place] * hopeless;
    const eachMs = Math.max((isEarly ? hope : expected[other]) - expected[place], expected[place] / 4);
    const longestRun = this.#runs.size > 1 ? Math.max(...this.#runs.values()) : Number.POSITIVE_INFINITY;
    const lookItems = Math.min(Math.max(items, this.#usualItems) * lookTasks, longestRun);
    if (!this.#isPlaceForLook(run, items, lookItems)) return false;
    const usualShare = Math.max(curiosity.usual / 2 ** Math.max(0, this.#confirmed - earlyLooks), curiosity.least);
    const laterShare = expected[other] < expected[place] * worthwhile ? curiosity.doubtful : usualShare;
    const share = isEarly ? curiosity.first / (this.#looks + 1) ** 2 : laterShare;
    return eachMs * lookItems <= this.#spentMs * share;
  }

  /** A run is looked at from its start, or in the middle of many messages that do not end before the look does. */
  #isPlaceForLook(run: string, items: number, lookItems: number): boolean {
    if (this.#started === 1) return true;
    if (items < usual * this.#usualItems) return false;
    if (this.#groupOf === 1) return true;
    return this.#started > this.#groupOf && (this.#restItemsOf(run) ?? lookItems) >= lookItems - items;
  }

  /** Items still to come, if the run is as long as the longest of those before. Undefined: it is longer, or the first. */
  #restItemsOf(run: string): number | undefined {
    const others = [...this.#runs].flatMap(([other, items]) => (other === run ? [] : [items]));
    const rest = Math.max(0, ...others) - (this.#runs.get(run) ?? 0);
    return rest < 0 ? undefined : rest;
  }
}
