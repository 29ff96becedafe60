import { type Entry, JournalReader } from '../journal/journal-reader.js';

type Span = Parameters<JournalReader['read']>[0];

/** Readers that keep their file open. */
const openReaders = 4;

interface Place {
  readonly reader: JournalReader;
  readonly process: number;
  readonly span: Span;
}

/** An entry, and which process wrote it. */
export type FoundEntry = Entry & { readonly process: number };

/** What the threads of earlier processes noted of a run, found by key. */
export class Journals {
  /** Those that were used last, the latest at the end. */
  readonly #open: JournalReader[] = [];
  readonly #places = new Map<string, Place>();

  /** Takes in a journal of that process. What was noted later counts. */
  add(file: string, process: number): void {
    const reader = new JournalReader(file);
    this.#use(reader);
    for (const { key, ...span } of reader.spans()) this.#places.set(key, { reader, process, span });
  }

  get size(): number {
    return this.#places.size;
  }

  keys(): Iterable<string> {
    return this.#places.keys();
  }

  find(key: string): FoundEntry | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    this.#use(place.reader);
    return { ...place.reader.read(place.span), process: place.process };
  }

  close(): void {
    for (const reader of this.#open.splice(0)) reader.release();
    this.#places.clear();
  }

  /** A run may have been resumed often, with many threads each time. */
  #use(reader: JournalReader): void {
    const at = this.#open.indexOf(reader);
    if (at !== -1) this.#open.splice(at, 1);
    this.#open.push(reader);
    if (this.#open.length > openReaders) this.#open.shift()?.release();
  }
}
