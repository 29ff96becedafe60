import { createHash, type Hash, hash } from 'node:crypto';
import { types } from 'node:util';
import { inPieces } from '../transport/in-pieces.js';

export interface HashOptions {
  /** What a text counts as: secrets are taken out here, so that no key can tell of one. @default the text itself */
  readonly text?: ((text: string) => string) | undefined;
}

/**
 * SHA-256 of a value, in hex: the same for a value and its structured clone. The order of keys counts, since `Object.keys` shows it,
 * as does that of a Map and a Set, and so does whether two places hold one object or two equal ones.
 * @throws TypeError for what structured clone refuses; RangeError for what is nested too deep to walk
 */
export function hashValue(value: unknown, { text }: HashOptions = {}): string {
  const writer = new CanonicalWriter(text);
  writer.write(value);
  return writer.digest();
}

/** So much text is gathered before it is hashed: one long text costs less than many short ones. */
const chunkLength = 64 * 1024;

/** Writes a value so that no two different ones look alike: everything has a tag, and what has a length begins with it. */
class CanonicalWriter {
  readonly #redact: HashOptions['text'];
  #text = '';
  #hash: Hash | undefined;
  /** By object: how many came before it. */
  #seen: Map<object, number> | undefined;

  constructor(redact: HashOptions['text']) {
    this.#redact = redact;
  }

  digest(): string {
    if (this.#hash === undefined) return hash('sha256', this.#text);
    return this.#hash.update(this.#text).digest('hex');
  }

  write(value: unknown): void {
    if (this.#text.length > chunkLength) this.#flush();
    switch (typeof value) {
      case 'string':
        this.#string(value);
        return;
      case 'number':
        this.#text += Object.is(value, -0) ? 'n-0;' : `n${value};`;
        return;
      case 'boolean':
        this.#text += value ? 't' : 'f';
        return;
      case 'undefined':
        this.#text += 'u';
        return;
      case 'bigint':
        this.#text += `b${value};`;
        return;
      case 'object':
        if (value === null) this.#text += '0';
        else this.#object(value);
        return;
      default:
        throw new TypeError(`Expected a value that can be cloned, got a ${typeof value}`);
    }
  }

  #flush(): void {
    this.#hash ??= createHash('sha256');
    this.#hash.update(this.#text);
    this.#text = '';
  }

  /** In UTF-8 all lone surrogates are one, so a text that holds some is written in ASCII. */
  #string(said: string): void {
    const value = this.#redact === undefined ? said : this.#redact(said);
    this.#text += isWellFormed(value) ? `s${value.length}:${value}` : `x${JSON.stringify(value)}`;
  }

  #object(value: object): void {
    this.#seen ??= new Map();
    const before = this.#seen.get(value);
    if (before !== undefined) {
      this.#text += `^${before};`;
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (Array.isArray(value)) this.#list(value);
    else if (isPlain(value)) this.#fields(value, '{');
    else this.#special(value);
  }

  #list(list: readonly unknown[]): void {
    this.#text += `[${list.length}:`;
    const keys = Object.keys(list);
    if (keys.length === list.length && (list.length === 0 || keys.at(-1) === String(list.length - 1))) {
      for (const element of list) this.write(element);
      return;
    }
    // Holes, or fields beside the elements: `match` of a text gives a list with some.
    const isIndex = (key: string): boolean => /^(0|[1-9]\d*)$/.test(key) && Number(key) < list.length;
    for (const key of keys.filter(isIndex)) {
      this.#text += `@${key}:`;
      this.write(list[Number(key)]);
    }
    this.#named(
      list,
      keys.filter((key) => !isIndex(key)),
    );
  }

  #fields(value: object, tag: string): void {
    this.#text += tag;
    this.#named(value, Object.keys(value));
  }

  #named(value: object, keys: readonly string[]): void {
    this.#text += `${keys.length}:`;
    for (const key of keys) {
      this.#string(key);
      this.write((value as Readonly<Record<string, unknown>>)[key]);
    }
  }

  #special(value: object): void {
    if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (types.isDate(value)) this.#text += `D${value.getTime()};`;
    else if (ArrayBuffer.isView(value)) this.#bytes(Object.prototype.toString.call(value), value);
    else if (types.isAnyArrayBuffer(value)) {
      this.#bytes(types.isSharedArrayBuffer(value) ? 'shared' : 'buffer', new Uint8Array(value));
    } else if (types.isRegExp(value)) this.#text += `R${value.source.length}:${value.source}/${value.flags};`;
    else if (types.isBoxedPrimitive(value)) {
      this.#text += 'O';
      this.write(value.valueOf());
    } else if (types.isNativeError(value)) this.#error(value);
    else this.#fields(asClone(value), '{');
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#text += `M${map.size}:`;
    for (const [key, value] of map) {
      this.write(key);
      this.write(value);
    }
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#text += `S${set.size}:`;
    for (const element of set) this.write(element);
  }

  #bytes(kind: string, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#text += `A${kind}${byteLength}:${digestOf(bytes)}`;
  }

  /** Its stack names files and lines: where an error was made is not what it says. */
  #error(error: Error): void {
    this.#text += 'E';
    this.write([error.name, error.message]);
    if (Object.hasOwn(error, 'cause')) this.write(error.cause);
    else this.#text += '-';
  }
}

function digestOf(bytes: Uint8Array): string {
  const hashing = createHash('sha256');
  for (const piece of inPieces(bytes)) hashing.update(piece);
  return hashing.digest('hex');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A class instance is cloned as a plain object; what cannot be cloned has no fields that stand for it. */
function asClone(value: object): object {
  if (
    types.isProxy(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isExternal(value)
  ) {
    throw new TypeError(`Expected a value that can be cloned, got ${Object.prototype.toString.call(value)}`);
  }
  return value;
}

const loneSurrogate = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}
