/** How many recent samples count: older ones fade. */
export const fading = 0.93;
/** Fewer messages count only half against the model. */
const trusted = 4;
/** Groups of messages that are remembered, and messages where each is a group of its own. */
const remembered = { groups: 5, messages: 17 } as const;
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
}

/**
 * Time by amount of work in one place, as the median of groups of messages: with several under way at one time, a single one is
 * charged what its neighbours took, and on a busy machine any may lose its core for a while.
 */
export class PlaceRate {
  readonly #most: number;
  #pending = { ms: 0, items: 0, messages: 0 };
  #groups: readonly number[] = [];
  #messages = 0;

  /** `most`: messages in a group. */
  constructor(most: number) {
    this.#most = most;
  }

  add(ms: number, items: number): void {
    const pending = this.#pending;
    this.#pending = { ms: pending.ms + ms, items: pending.items + items, messages: pending.messages + 1 };
    if (this.#pending.messages >= this.#most) this.settle(0);
  }

  /** Ends a group that has so many items. */
  settle(least: number): void {
    const { ms, items, messages } = this.#pending;
    if (messages === 0 || items < least) return;
    this.#pending = { ms: 0, items: 0, messages: 0 };
    const kept = this.#most === 1 ? remembered.messages : remembered.groups;
    this.#groups = [...this.#groups, ms / items].slice(-kept);
    this.#messages += messages;
  }

  forget(): void {
    this.#pending = { ms: 0, items: 0, messages: 0 };
    this.#groups = [];
    this.#messages = 0;
  }

  get msPerItem(): number | undefined {
    const sorted = this.#groups.toSorted((a, b) => a - b);
    const low = sorted[(sorted.length - 1) >> 1];
    const high = sorted[sorted.length >> 1];
    return low === undefined || high === undefined ? undefined : (low + high) / 2;
  }

  get groups(): number {
    return this.#groups.length;
  }

  /** What was measured, or with few messages half of it and half of what a model says. */
  or(predicted: number): number {
    const { msPerItem } = this;
    if (msPerItem === undefined) return predicted;
    return this.#messages >= trusted ? msPerItem : (msPerItem + predicted) / 2;
  }
}
