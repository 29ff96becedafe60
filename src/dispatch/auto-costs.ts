import type { Place } from './auto-nodes.js';

/** How many recent samples count: older ones fade. */
const fading = 0.93;
/** Fewer samples count only half against the model. */
const trusted = 4;
/** What was measured long ago, under who knows what circumstances, counts so much when the place is looked at again. */
const agedWeight = 0.1;
/** One sample says at most that things became this much slower: another process may have had the core. */
const mostSurprise = 3;

/** Time by amount of work, the last samples weighing most. */
export class FadingRate {
  #ms = 0;
  #items = 0;
  #samples = 0;

  add(ms: number, items: number): void {
    const most = this.#samples < trusted ? ms : mostSurprise * items * (this.msPerItem ?? ms);
    this.#ms = this.#ms * fading + Math.min(ms, most);
    this.#items = this.#items * fading + items;
    this.#samples++;
  }

  /** Few samples are as good as none. */
  get isTrusted(): boolean {
    return this.#samples >= trusted;
  }

  get msPerItem(): number | undefined {
    return this.#samples === 0 ? undefined : this.#ms / this.#items;
  }

  /** Makes what was measured so far count for little against what comes now. */
  age(): void {
    this.#ms *= agedWeight;
    this.#items *= agedWeight;
    this.#samples = Math.min(this.#samples, 1);
  }

  /** What was measured, or with few samples half of it and half of what a model says. */
  or(predicted: number): number {
    if (this.msPerItem === undefined) return predicted;
    return this.isTrusted ? this.msPerItem : (this.msPerItem + predicted) / 2;
  }
}

/** A change of place must promise this much: near equals do not take turns. */
const worthwhile = 0.97;
/**
 * Share of the time that may go into looking whether the other place has become the better one. First times are those of code
 * that is not warm yet, so looks are frequent in the beginning; and once more when the place has become slower than the other one was.
 */
const curiosity = { first: 0.2, usual: 0.02, least: 0.0025, doubtful: 0.05 } as const;
/** So many looks come early, whatever the ones before said. */
const earlyLooks = 3;
/** Of the usual number of items: a look at smaller messages than this would tell what they cost and not what the place does. */
const usual = 0.5;

/** What a message is expected to cost in either place, and what a look at the other place takes. */
export interface Prospect {
  readonly expected: Readonly<Record<Place, number>>;
  readonly items: number;
  readonly lookTasks: number;
}

/** Where messages of one kind run under one load, by what they took in either place. */
export class Habit {
  readonly measured: Readonly<Record<Place, FadingRate>> = { main: new FadingRate(), worker: new FadingRate() };
  #place: Place | undefined;
  /** Messages still to go to the other place. */
  #looking = 0;
  #looks = 0;
  /** Looks in a row that found the place to be the better one: each halves what the next may cost. */
  #confirmed = 0;
  #spentMs = 0;
  /** Items in a message, as most items see it. */
  #usualItems = 0;

  /** Takes in what a message took of the place's time, copying and messages included. */
  learn(place: Place, ms: number, items: number): void {
    this.measured[place].add(ms, items);
    this.#spentMs += ms;
    const share = items / (items + this.#usualItems);
    this.#usualItems += share * (items - this.#usualItems);
  }

  /**
   * The better place for the next message; now and then the other one, for several in a row, for one alone would tell nothing.
   * Only a look changes the place: what is known of the other one is old and may come from a time when the machine was less busy.
   */
  decide(prospect: Prospect): Place {
    const { expected } = prospect;
    this.#place ??= expected.main <= expected.worker ? 'main' : 'worker';
    const place = this.#place;
    const other = place === 'main' ? 'worker' : 'main';
    if (this.#looking > 1) {
      this.#looking--;
      return other;
    }
    const isBetter = expected[other] < expected[place] * worthwhile;
    if (this.#looking === 1) {
      this.#looking = 0;
      this.#confirmed = isBetter ? 0 : this.#confirmed + 1;
      if (isBetter) this.#place = other;
      return this.#place;
    }
    if (!this.#isLookDue(prospect, place, isBetter)) return place;
    this.#looks++;
    this.#spentMs = 0;
    this.#looking = prospect.lookTasks;
    this.measured[other].age();
    return other;
  }

  #isLookDue({ expected, items, lookTasks }: Prospect, place: Place, isOtherBetter: boolean): boolean {
    const isEarly = this.#looks < earlyLooks;
    const difference = isEarly ? 0 : Math.abs(expected.main - expected.worker);
    const extraMs = Math.max(difference, expected[place] / 4) * lookTasks;
    const usualShare = Math.max(curiosity.usual / 2 ** Math.max(0, this.#confirmed - earlyLooks), curiosity.least);
    const laterShare = isOtherBetter ? curiosity.doubtful : usualShare;
    const share = isEarly ? curiosity.first / (this.#looks + 1) : laterShare;
    return extraMs <= this.#spentMs * share && items >= usual * this.#usualItems;
  }
}

/** The circumstances that a cost depends on: how many items share a message, and whether other tasks run beside it. */
export interface Load {
  readonly items: number;
  readonly isShared: boolean;
}

/** A user's function has proved short after this many items, all below the limit. */
const proofItems = 8;
/** Work on one item that may keep the main thread busy, in ms. A worker costs at most a twentieth more from here on. */
const shortMs = 4;
/** Long items, by how long they are and how long ago, may add up to this: one of 20 ms may, two may not, nor one of 50. */
const tolerance = 0.1;

/** What was measured of one kind of task. */
export class TaskCosts {
  readonly #work = new FadingRate();
  readonly #habits = { alone: new Habit(), shared: new Habit() };
  #items = 0;
  #length = 0;

  /** Time inside the nodes, by item; `peakMs` is the longest of them. */
  learnWork(ms: number, items: number, peakMs: number): void {
    this.#work.add(ms, items);
    this.#items += items;
    const length = peakMs <= shortMs ? 0 : Math.min(10, peakMs / shortMs / 4);
    this.#length = this.#length * fading + length * (1 - fading);
  }

  get workMs(): number | undefined {
    return this.#work.msPerItem;
  }

  /** Many items were short, and hardly one was long for some time. */
  get isProvedShort(): boolean {
    return this.#items >= proofItems && this.#length <= tolerance;
  }

  habit({ isShared }: Load): Habit {
    return this.#habits[isShared ? 'shared' : 'alone'];
  }
}
