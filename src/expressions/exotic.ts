/** A length of time, in milliseconds; fractions reach down to nanoseconds. Lives only inside an evaluation. */
export class Duration {
  readonly #milliseconds: number;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** Seconds as protobuf's JSON writes them: `5400s`, `1.5s`. */
  toText(): string {
    const seconds = (this.#milliseconds / 1000).toFixed(9);
    return `${seconds.replace(/\.?0+$/, '')}s`;
  }
}

/** A value that may be absent (`undefined` inside). Lives only inside an evaluation. */
export class Optional {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  get value(): unknown {
    return this.#value;
  }

  get isPresent(): boolean {
    return this.#value !== undefined;
  }
}
