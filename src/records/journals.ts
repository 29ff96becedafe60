import { type Entry, JournalReader } from '../journal/journal-reader.js';

type Span = Parameters<JournalReader['read']>[0];

/** What the threads of earlier processes noted of a run, found by key. */
export class Journals {
  readonly #readers: JournalReader[] = [];
  readonly #spans = new Map<string, { readonly reader: JournalReader; readonly span: Span }>();

  /** Takes in a journal. What was noted later counts. */
  add(file: string): void {
    const reader = new JournalReader(file);
    this.#readers.push(reader);
    for (const { key, ...span } of reader.spans()) this.#spans.set(key, { reader, span });
  }

  get size(): number {
    return this.#spans.size;
  }

  has(key: string): boolean {
    return this.#spans.has(key);
  }

  find(key: string): Entry | undefined {
    const found = this.#spans.get(key);
    return found?.reader.read(found.span);
  }

  close(): void {
    for (const reader of this.#readers.splice(0)) reader.close();
    this.#spans.clear();
  }
}
