/** Vertices that may start, highest priority first, of equals the first declared. A binary heap: O(log n) both ways. */
export class ReadyHeap {
  readonly #priorities: Float64Array;
  readonly #items: number[] = [];

  constructor(priorities: Float64Array) {
    this.#priorities = priorities;
  }

  push(index: number): void {
    let slot = this.#items.push(index) - 1;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#comesFirst(slot, parent)) return;
      this.#swap(slot, parent);
      slot = parent;
    }
  }

  /** Takes out the best, or gives `undefined` when empty. */
  pop(): number | undefined {
    const best = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      this.#sink();
    }
    return best;
  }

  #sink(): void {
    let slot = 0;
    for (;;) {
      const left = 2 * slot + 1;
      const best = this.#comesFirst(left + 1, left) ? left + 1 : left;
      if (!this.#comesFirst(best, slot)) return;
      this.#swap(best, slot);
      slot = best;
    }
  }

  /** False when slot `a` is past the end. */
  #comesFirst(a: number, b: number): boolean {
    const [first, second] = [this.#items[a], this.#items[b]];
    if (first === undefined || second === undefined) return false;
    const difference = (this.#priorities[first] ?? 0) - (this.#priorities[second] ?? 0);
    return difference === 0 ? first < second : difference > 0;
  }

  #swap(a: number, b: number): void {
    const [first = 0, second = 0] = [this.#items[a], this.#items[b]];
    this.#items[a] = second;
    this.#items[b] = first;
  }
}
