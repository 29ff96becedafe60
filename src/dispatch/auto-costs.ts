import { Habit } from './auto-habit.js';
import { FadingRate, fading } from './auto-rates.js';

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

/** Messages for each lane that are measured together, where the run does not end before. */
const groupTasks = 16;

/** What was measured of one kind of task. */
export class TaskCosts {
  readonly #work = new FadingRate();
  readonly #habits: { readonly alone: Habit; readonly shared: Habit };
  #items = 0;
  #length = 0;

  /** `lanes`: messages under way at one time where several are: which of them ends first says nothing of what each took. */
  constructor(lanes: number) {
    this.#habits = { alone: new Habit(), shared: new Habit(groupTasks * lanes) };
  }

  /** Time inside the nodes, by item; `peakMs` is the longest of them. */
  learnWork(ms: number, items: number, peakMs: number): void {
    this.#work.add(ms, items);
    this.#items += items;
    const length = peakMs <= shortMs ? 0 : Math.min(10, peakMs / shortMs / 4);
    this.#length = this.#length * fading ** items + length * (1 - fading);
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
