/** What is being closed. Its owner may go on without it meanwhile, but is not closed before it. */
export class Closings {
  readonly #open = new Set<Promise<void>>();

  /** One that fails is kept: nobody but who closes the owner can be told. */
  add(closing: Promise<void>): void {
    this.#open.add(closing);
    closing.then(
      () => this.#open.delete(closing),
      () => {},
    );
  }

  /** @throws what the first of them failed of, once all have ended */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open);
    await Promise.all(this.#open);
  }
}
