/** Units from one on, up to and without another. */
export type UnitRange = readonly [from: number, end: number];

/** Some of a block's units. A `Set` of a million numbers would take longer to fill than they to run. */
export class UnitSet {
  /** 1 by unit that is in it. */
  #flags: Uint8Array;

  /** Of a block with so many units. */
  constructor(total: number) {
    this.#flags = new Uint8Array(total);
  }

  /** There are so many. */
  grow(total: number): void {
    if (total <= this.#flags.length) return;
    const grown = new Uint8Array(Math.max(total, 2 * this.#flags.length));
    grown.set(this.#flags);
    this.#flags = grown;
  }

  add(index: number): void {
    this.#flags[index] = 1;
  }

  has(index: number): boolean {
    return this.#flags[index] === 1;
  }

  /** In declared order. */
  get ranges(): readonly UnitRange[] {
    const ranges: UnitRange[] = [];
    for (let from = this.#flags.indexOf(1); from !== -1; ) {
      const end = this.#flags.indexOf(0, from);
      ranges.push([from, end === -1 ? this.#flags.length : end]);
      from = end === -1 ? -1 : this.#flags.indexOf(1, end);
    }
    return ranges;
  }
}
