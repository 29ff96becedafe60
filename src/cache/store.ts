import { utimesSync } from 'node:fs';
import { makeFolder } from '../runtimes/make-folder.js';
import { Semaphore } from '../scheduler/index.js';

/** What the store knows of a key. */
export type Found =
  | { readonly kind: 'found'; readonly blob: Uint8Array }
  | { readonly kind: 'absent' }
  /** It was there, but not as it was written; it is gone now. */
  | { readonly kind: 'damaged' };

export interface Entry {
  readonly key: string;
  readonly blob: Uint8Array;
}

/** What is noted of an entry, for people. */
export interface EntryNotes {
  readonly flow: string;
  readonly node: string;
}

/** Of the entries that lie in one file together: where each begins, and how long it is. */
export interface Metadata extends EntryNotes {
  readonly from: number;
  readonly size: number;
}

export type Cacache = typeof import('cacache');

/** More would only wait for the disk. */
const writesInFlight = 8;
/** Each holds a file open. */
const readsInFlight = 32;
/** Files read last, since entries that were written together are asked for together. */
const keptFiles = 4;

/** Keys that say that there are others. */
export const markPrefix = 'work ';

const absent: Found = { kind: 'absent' };

/**
 * Results by key in a folder, verified when they are read. Any number of processes may use one folder. What cannot be written
 * is told once, and nothing more is written then.
 */
export class CacheStore {
  readonly #folder: string;
  readonly #warn: (why: string) => void;
  readonly #writers = new Semaphore(writesInFlight);
  readonly #readers = new Semaphore(readsInFlight);
  readonly #files = new Map<string, Promise<Uint8Array>>();
  /** Files that have the time of this run. */
  readonly #touched = new Set<string>();
  #cacache: Promise<Cacache> | undefined;
  #isBroken = false;

  constructor(folder: string, warn: (why: string) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** Never rejects: what cannot be read is not there. */
  async get(key: string): Promise<Found> {
    const release = await this.#readers.acquire();
    try {
      return await this.#find(key);
    } finally {
      release();
    }
  }

  async #find(key: string): Promise<Found> {
    const { get } = await this.#library();
    const info = await get.info(this.#folder, key).catch(() => null);
    if (info === null) return absent;
    try {
      const { from, size } = info.metadata as Metadata;
      const file = await this.#read(info.integrity);
      this.#touch(info.path);
      return { kind: 'found', blob: file.subarray(from, from + size) };
    } catch {
      await this.#discard(key, info.integrity);
      return { kind: 'damaged' };
    }
  }

  /** Writes entries into one file. Never rejects; gives back whether they are there. */
  async put(entries: readonly Entry[], notes: EntryNotes): Promise<boolean> {
    if (this.#isBroken) return false;
    const release = await this.#writers.acquire();
    try {
      // Somebody may be clearing up at this moment.
      await this.#write(entries, notes).catch(() => this.#write(entries, notes));
      return true;
    } catch (error) {
      this.#giveUp(error);
      return false;
    } finally {
      release();
    }
  }

  /** Notes that there are entries of some kind. */
  async mark(kind: string): Promise<void> {
    await this.put([{ key: markPrefix + kind, blob: new Uint8Array(1) }], { flow: '', node: '' });
  }

  /** Whether entries of some kind were ever written. Never rejects. */
  async isMarked(kind: string): Promise<boolean> {
    const { get } = await this.#library();
    return (await get.info(this.#folder, markPrefix + kind).catch(() => null)) !== null;
  }

  async #write(entries: readonly Entry[], notes: EntryNotes): Promise<void> {
    const [first, ...rest] = entries;
    if (first === undefined) return;
    makeFolder(this.#folder);
    const { put, index } = await this.#library();
    const metadata = metadataOf(entries, notes);
    const blob = rest.length === 0 ? first.blob : Buffer.concat(entries.map((entry) => entry.blob));
    const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    const integrity = await put(this.#folder, first.key, bytes, { metadata: metadata[0] });
    for (const [at, { key }] of rest.entries()) {
      await index.insert(this.#folder, key, String(integrity), { metadata: metadata[at + 1], size: bytes.byteLength });
    }
  }

  #library(): Promise<Cacache> {
    this.#cacache ??= loadCacache();
    return this.#cacache;
  }

  async #read(integrity: string): Promise<Uint8Array> {
    const known = this.#files.get(integrity);
    if (known !== undefined) return known;
    const { get } = await this.#library();
    const reading = get.byDigest(this.#folder, integrity);
    this.#files.set(integrity, reading);
    const [oldest] = this.#files.keys();
    if (this.#files.size > keptFiles && oldest !== undefined) this.#files.delete(oldest);
    return reading;
  }

  /** Clearing up goes by when results were last used. */
  #touch(file: string): void {
    if (this.#touched.has(file)) return;
    this.#touched.add(file);
    try {
      const now = new Date();
      utimesSync(file, now, now);
    } catch {
      // Of a cache that can only be read nothing is cleared up.
    }
  }

  /** A file of that name would stand in the way of the same content, written anew. */
  async #discard(key: string, integrity: string): Promise<void> {
    this.#files.delete(integrity);
    const { rm } = await this.#library();
    await rm.content(this.#folder, integrity).catch(() => undefined);
    await rm.entry(this.#folder, key).catch(() => undefined);
  }

  #giveUp(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#warn(error instanceof Error ? error.message : String(error));
  }
}

/** Loaded when it is needed: it takes as long as all the rest of a command. */
export async function loadCacache(): Promise<Cacache> {
  return ((await import('cacache')) as unknown as { readonly default: Cacache }).default;
}

function metadataOf(entries: readonly Entry[], notes: EntryNotes): readonly Metadata[] {
  let from = 0;
  return entries.map(({ blob }) => {
    const metadata = { ...notes, from, size: blob.byteLength };
    from += blob.byteLength;
    return metadata;
  });
}
