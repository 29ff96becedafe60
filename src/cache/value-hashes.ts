import type { Redactor } from '../errors/redact.js';
import { hashValue } from '../keys/hash-value.js';
import { decodePart, type Part } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';

/** Hashes of values, secrets taken out of them; those of large values are kept. */
export class ValueHashes {
  readonly #redactor: Redactor;
  readonly #known = new WeakMap<Part, string>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @throws TypeError for what cannot be cloned */
  of(value: unknown): string {
    return value instanceof Snapshot ? this.#ofPart(value.part) : hashValue(value, { text: this.#redactor.text });
  }

  #ofPart(part: Part): string {
    let known = this.#known.get(part);
    if (known === undefined) {
      // A copy that nobody keeps, unlike what the snapshot would decode.
      known = this.of(decodePart(part));
      this.#known.set(part, known);
    }
    return known;
  }
}
