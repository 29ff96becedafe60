import type { Place } from './auto-nodes.js';

/** How many recent samples count: older ones fade. */
const fading = 0.93;
/** Fewer samples count only half against the model. */
const trusted = 4;
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

  get msPerItem(): number | undefined {
    return this.#samples === 0 ? undefined : this.#ms / this.#items;
  }

  /** What was measured, or with few samples half of it and half of what a model says. */
  or(predicted: number): number {
    if (this.msPerItem === undefined) return predicted;
    return this.#samples >= trusted ? this.msPerItem : (this.msPerItem + predicted) / 2;
  }
}

/** A change of place must promise this much: near equals do not take turns. */
const worthwhile = 0.95;
/** Share of the time that may go into looking whether the other place has become the better one. */
const curiosity = 0.02;

/** Where tasks of one kind run under one load, by what they took in either place. */
export class Habit {
  readonly measured: Readonly<Record<Place, FadingRate>> = { main: new FadingRate(), worker: new FadingRate() };
  #place: Place | undefined;
  #looks = 0;
  #spentMs = 0;

  /** Takes in what a task took of the place's time, copying and messages included. */
  learn(place: Place, ms: number, items: number): void {
    this.measured[place].add(ms, items);
    this.#spentMs += ms;
  }

  /** The better place for the next task; now and then the other one, for `lookTasks` in a row, for one alone would tell nothing. */
  decide(expected: Readonly<Record<Place, number>>, lookTasks: number): Place {
    const better = expected.main <= expected.worker ? 'main' : 'worker';
    this.#place ??= better;
    const other = this.#place === 'main' ? 'worker' : 'main';
    if (this.#looks > 0) {
      this.#looks--;
      return other;
    }
    if (expected[better] < expected[this.#place] * worthwhile) this.#place = better;
    const extraMs = Math.max(Math.abs(expected.main - expected.worker), expected[this.#place] / 4) * lookTasks;
    if (extraMs > this.#spentMs * curiosity) return this.#place;
    this.#spentMs = 0;
    this.#looks = lookTasks - 1;
    return this.#place === 'main' ? 'worker' : 'main';
  }
}

/** The circumstances that a cost depends on: how many items share a task, and whether other tasks run beside it. */
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
  readonly #habits = new Map<string, Habit>();
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

  habit({ items, isShared }: Load): Habit {
    // Powers of eight: what a message costs matters less the more items share it.
    const key = `${Math.floor(Math.log2(items) / 3)} ${isShared}`;
    const habit = this.#habits.get(key) ?? new Habit();
    this.#habits.set(key, habit);
    return habit;
  }
}
