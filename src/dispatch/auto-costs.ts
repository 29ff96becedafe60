import type { Place } from './auto-nodes.js';

/** How many recent samples count: older ones fade. */
const fading = 0.93;
/** Fewer samples say less than the model does. */
const trusted = 4;

/** Time by amount of work, the last samples weighing most. */
class FadingRate {
  #ms = 0;
  #items = 0;
  #samples = 0;

  add(ms: number, items: number): void {
    this.#ms = this.#ms * fading + ms;
    this.#items = this.#items * fading + items;
    this.#samples++;
  }

  get msPerItem(): number | undefined {
    return this.#samples === 0 ? undefined : this.#ms / this.#items;
  }

  get isTrusted(): boolean {
    return this.#samples >= trusted;
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
/** How fast a long item is forgotten. */
const peakFading = 0.95;

/** What was measured of one kind of task. */
export class TaskCosts {
  readonly #work = new FadingRate();
  readonly #places = new Map<string, FadingRate>();
  #items = 0;
  #peakMs = 0;
  #unspent = 0;

  /** Time inside the nodes, by item; `peakMs` is the longest of them. */
  learnWork(ms: number, items: number, peakMs: number): void {
    this.#work.add(ms, items);
    this.#items += items;
    this.#peakMs = Math.max(peakMs, this.#peakMs * peakFading);
  }

  /** Time that a task took of the place's time, copying and messages included. */
  learnPlace(place: Place, load: Load, ms: number): void {
    const key = keyOf(place, load);
    const rate = this.#places.get(key) ?? new FadingRate();
    rate.add(ms, load.items);
    this.#places.set(key, rate);
    this.#unspent += ms;
  }

  get workMs(): number | undefined {
    return this.#work.msPerItem;
  }

  /** Many items in a row were short, and none since was long. */
  get isProvedShort(): boolean {
    return this.#items >= proofItems && this.#peakMs <= shortMs;
  }

  /** Milliseconds for a task, as measured; trusted after a few samples. */
  measured(place: Place, load: Load): { readonly ms: number; readonly isTrusted: boolean } | undefined {
    const rate = this.#places.get(keyOf(place, load));
    const { msPerItem, isTrusted = false } = rate ?? {};
    return msPerItem === undefined ? undefined : { ms: msPerItem * load.items, isTrusted };
  }

  /** Whether a look at the other place, this much dearer, is paid for by what has run since the last look. */
  affords(extraMs: number): boolean {
    const share = 0.02;
    if (extraMs > this.#unspent * share) return false;
    this.#unspent = 0;
    return true;
  }
}

/** Powers of eight: what a message costs matters less the more items share it. */
function keyOf(place: Place, { items, isShared }: Load): string {
  return `${place} ${Math.floor(Math.log2(items) / 3)} ${isShared}`;
}
