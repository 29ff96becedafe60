interface Entry<T> {
  readonly item: T;
  readonly priority: number;
  readonly order: number;
}

/** Items by priority, highest first, and among equals by order of arrival. A binary heap. */
export class PriorityQueue<T> {
  readonly #heap: Entry<T>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** What `shift` would give. */
  peek(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** `order` is unique and grows with arrival. */
  push(item: T, priority: number, order: number): void {
    this.#heap.push({ item, priority, order });
    let at = this.#heap.length - 1;
    while (at > 0 && this.#isBefore(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  shift(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first.item;
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let next = at;
      if (this.#isBefore(left, next)) next = left;
      if (this.#isBefore(left + 1, next)) next = left + 1;
      if (next === at) return;
      this.#swap(at, next);
      at = next;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return false;
    return one.priority === other.priority ? one.order < other.order : one.priority > other.priority;
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a] as Entry<T>;
    this.#heap[a] = this.#heap[b] as Entry<T>;
    this.#heap[b] = held;
  }
}
