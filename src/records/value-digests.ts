import { hash, randomUUID } from 'node:crypto';
import type { Slice } from '../dispatch/types.js';
import { hashValue } from '../keys/hash-value.js';
import { Snapshot } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';

/** What `project` gave is no deeper. */
const projectedLevels = 4;
const projectedFields = 32;
const digestLength = 24;

/** What tells values from others, in a few characters. */
export class ValueDigests {
  /** Takes secrets out of a text, so that no key can tell of one. */
  readonly hide: (text: string) => string;
  /** Of values, which never change. */
  readonly #known = new WeakMap<object, string>();

  constructor(hide: (text: string) => string) {
    this.hide = hide;
  }

  ofSlice({ names, nodes, held = [] }: Slice): string {
    const parts = [this.#ofProjected(names, 0), this.#ofProjected(nodes, 0)];
    for (const { path, snapshot } of held) parts.push(...path, this.of(snapshot));
    return parts.join();
  }

  of(value: unknown): string {
    if (value instanceof Snapshot) return value.digest((inner) => this.of(inner));
    if (typeof value !== 'object' || value === null) return this.#ofPrimitive(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const digest = this.#ofObject(value);
    this.#known.set(value, digest);
    return digest;
  }

  /** The whole hash. */
  hash(value: unknown): string {
    return hashValue(value, { text: this.hide });
  }

  /** Such objects are made anew for each task, what they hold is not. */
  #ofProjected(value: unknown, level: number): string {
    if (level > projectedLevels || !isPlainObject(value)) return this.of(value);
    const keys = Object.keys(value);
    if (keys.length > projectedFields) return this.of(value);
    return `{${keys.map((key) => `${JSON.stringify(key)}${this.#ofProjected(value[key], level + 1)}`).join()}}`;
  }

  /** A task that is given what cannot be hashed fails, since it cannot be sent either. */
  #ofObject(value: object): string {
    try {
      return this.hash(value).slice(0, digestLength);
    } catch {
      return randomUUID();
    }
  }

  #ofPrimitive(value: unknown): string {
    return typeof value === 'function' || typeof value === 'symbol' ? randomUUID() : shorten(this.hash(value));
  }
}

/** A text of any length in a few characters. */
export function shorten(text: string): string {
  return text.length <= digestLength ? text : hash('sha256', text, 'base64url').slice(0, digestLength);
}
