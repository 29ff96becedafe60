/** How many messages may be at work at one time, for all queues that share it. They take turns. */
export class Lanes {
  readonly #limit: number;
  #used = 0;
  #pumps: readonly (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFree(): boolean {
    return this.#used < this.#limit;
  }

  /** `pump` starts as much of what its queue holds as there is room for. Gives back what takes it off again. */
  join(pump: () => void): () => void {
    this.#pumps = [...this.#pumps, pump];
    return () => {
      this.#pumps = this.#pumps.filter((each) => each !== pump);
    };
  }

  take(): void {
    this.#used++;
  }

  release(): void {
    this.#used--;
  }

  /** Whoever had the last turn comes last. */
  offer(): void {
    const [first, ...rest] = this.#pumps;
    if (first === undefined) return;
    if (rest.length > 0) this.#pumps = [...rest, first];
    first();
    for (const pump of rest) if (this.isFree) pump();
  }
}
