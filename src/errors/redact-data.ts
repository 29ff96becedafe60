/** What redacting data takes: the same for a text, whether bytes hold a secret, and what stands for them then. */
export interface TextRedactor {
  text(text: string): string;
  containsSecret(bytes: Uint8Array): boolean;
  readonly mask: string;
}

/** Own fields of an error that lead into the flow file: ids and places that its author wrote. */
const places: ReadonlySet<unknown> = new Set(['source', 'nodeId', 'path', 'attempt']);

/** A copy of data in which all text is redacted; the data itself when nothing was found. However deep, cycles included. */
export function redactData<T>(data: T, redactor: TextRedactor): T {
  const copying = new Copying(redactor);
  const copy = copying.copy(data);
  return copying.foundAny ? (copy as T) : data;
}

/** A worklist in place of recursion: what user code has thrown may be nested deeper than any stack. */
class Copying {
  foundAny = false;
  readonly #redactor: TextRedactor;
  readonly #copies = new Map<object, unknown>();
  readonly #open: (() => void)[] = [];

  constructor(redactor: TextRedactor) {
    this.#redactor = redactor;
  }

  copy(data: unknown): unknown {
    const copy = this.#begin(data);
    for (let fill = this.#open.pop(); fill !== undefined; fill = this.#open.pop()) fill();
    return copy;
  }

  /** The copy of a value, which may still be empty. */
  #begin(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    const copy = this.#shell(value);
    this.#copies.set(value, copy);
    return copy;
  }

  #text(text: string): string {
    const shown = this.#redactor.text(text);
    if (shown !== text) this.foundAny = true;
    return shown;
  }

  #shell(value: object): unknown {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return this.#bytes(value, bytes);
    if (value instanceof Map) return this.#later(new Map(), (copy) => this.#fillMap(value, copy));
    if (value instanceof Set) return this.#later(new Set(), (copy) => this.#fillSet(value, copy));
    if (value instanceof DOMException)
      return this.#later(new DOMException(this.#text(value.message), value.name), (copy) => this.#fill(value, copy, places));
    if (value instanceof Error) return this.#later(errorLike(value), (copy) => this.#fill(value, copy, places));
    if (Array.isArray(value)) return this.#later(new Array<unknown>(value.length), (copy) => this.#fill(value, copy));
    if (isPlain(value))
      return this.#later(Object.create(Object.getPrototypeOf(value)) as object, (copy) => this.#fill(value, copy));
    return value;
  }

  #later<Copy extends object>(copy: Copy, fill: (copy: Copy) => void): Copy {
    this.#open.push(() => fill(copy));
    return copy;
  }

  #bytes(value: object, bytes: Uint8Array): unknown {
    if (!this.#redactor.containsSecret(bytes)) return value;
    this.foundAny = true;
    return this.#redactor.mask;
  }

  #fillMap(from: ReadonlyMap<unknown, unknown>, to: Map<unknown, unknown>): void {
    for (const [key, value] of from) to.set(this.#begin(key), this.#begin(value));
  }

  #fillSet(from: ReadonlySet<unknown>, to: Set<unknown>): void {
    for (const value of from) to.add(this.#begin(value));
  }

  #fill(from: object, to: object, asTheyAre?: ReadonlySet<unknown>): void {
    for (const key of Reflect.ownKeys(from)) {
      const { enumerable = false } = Reflect.getOwnPropertyDescriptor(from, key) ?? {};
      if (Array.isArray(from) && key === 'length') continue;
      const given = read(from, key);
      const value = asTheyAre?.has(key) ? given : this.#begin(given);
      const shownKey = typeof key === 'string' ? this.#text(key) : key;
      Object.defineProperty(to, shownKey, { value, enumerable, configurable: true, writable: true });
    }
  }
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}

/** Empty, but an error for whoever asks Node. */
function errorLike(error: Error): Error {
  return Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error)) as Error;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** User code may put a getter that throws on its error. */
function read(holder: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    return undefined;
  }
}
