/** Tells descriptions apart from data that merely looks like one: membership is kept here, and no data can carry it. */
export interface Brand<T extends object> {
  /** Marks an object and gives it back. */
  mark(description: T): T;
  /** True only for objects that were marked, and not for copies of them. */
  has(value: unknown): value is T;
}

/** A brand of its own, shared with nobody. */
export function createBrand<T extends object>(): Brand<T> {
  const marked = new WeakSet<object>();
  return {
    mark(description) {
      marked.add(description);
      return description;
    },
    has(value): value is T {
      return typeof value === 'object' && value !== null && marked.has(value);
    },
  };
}
