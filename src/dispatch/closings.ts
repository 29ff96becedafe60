/** What is being closed. Its owner may go on without it meanwhile, but is not closed before it. */
export class Closings {
  readonly #open = new Set<Promise<void>>();

  add(closing: Promise<void>): void {
    const open = closing.finally(() => this.#open.delete(open));
    this.#open.add(open);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }
}
