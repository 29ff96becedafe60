import type { CodeBook } from '../keys/code-book.js';

/** It looks at every file of code, so it does so no more often than this. */
const everyMs = 100;

/** Tells of files of code that were written after they had been read: nobody knows which of both a thread has loaded. */
export class CodeWatch {
  readonly #code: CodeBook;
  readonly #onEdit: (file: string, since: number) => void;
  readonly #edited = new Set<string>();
  /** When all the others were last known to be as they had been read, in epoch milliseconds. */
  #currentAt = Date.now();
  #askedAt = performance.now();

  /** `onEdit` is told once of each file: what had ended before `since` is not touched by it. */
  constructor(code: CodeBook, onEdit: (file: string, since: number) => void) {
    this.#code = code;
    this.#onEdit = onEdit;
  }

  /** Whether none of these files is known to have been written. Looks only once in a while. */
  async areCurrent(files: readonly string[]): Promise<boolean> {
    if (files.length === 0) return true;
    if (performance.now() - this.#askedAt >= everyMs) await this.ask();
    return this.#edited.size === 0 || !files.some((file) => this.#edited.has(file));
  }

  /** Looks now. Whether no file was written. */
  async ask(): Promise<boolean> {
    this.#askedAt = performance.now();
    const at = Date.now();
    const since = this.#currentAt;
    for (const file of await this.#code.changed()) {
      if (!this.#edited.has(file)) this.#onEdit(file, since);
      this.#edited.add(file);
    }
    this.#currentAt = at;
    return this.#edited.size === 0;
  }
}
