import { decode, type Encoded } from './encode.js';
import { inPieces } from './in-pieces.js';
import { decodePart, encodePart, type MixedPart, mixedPart, type Part, toPart } from './part.js';

/** A value of the main thread that stays encoded until somebody here reads it. */
export class Snapshot {
  readonly #encoded: Encoded | undefined;
  #part: Part | undefined;
  readonly #fields = new Map<string, Snapshot>();
  #held: ReadonlyMap<string, Part> | undefined;
  #rest: object | undefined;
  #opened: unknown[] | undefined;
  #value: { readonly read: unknown } | undefined;
  /** It was encoded here, from a value: the same value may be encoded in other ways another time. */
  #isOwn = false;
  #digest: string | undefined;

  /** Of a value that was encoded here. */
  static of(value: unknown, part: Part): Snapshot {
    const snapshot = new Snapshot(part);
    snapshot.#value = { read: value };
    snapshot.#isOwn = true;
    return snapshot;
  }

  /** Of an object or list, `base`, with `null` in place of the members that are held already. */
  static composed(base: object, members: readonly (readonly [key: string, member: Snapshot])[]): Snapshot {
    const snapshot = new Snapshot(
      mixedPart(
        base,
        members.map(([key, member]) => [key, member.part] as const),
      ),
    );
    snapshot.#rest = base;
    snapshot.#isOwn = true;
    for (const [key, member] of members) snapshot.#fields.set(key, member);
    return snapshot;
  }

  /** Of an encoding, which becomes this thread's own, when the value is unlikely to travel on. */
  constructor(source: Part | Encoded) {
    this.#part = 'kind' in source ? source : undefined;
    this.#encoded = 'kind' in source ? undefined : source;
  }

  /** The value as it travels. */
  get part(): Part {
    this.#part ??= toPart(this.value) ?? encodePart(this.value);
    return this.#part;
  }

  /**
   * Decoded once; never to be changed.
   * @throws FlowError VALUE_NOT_CLONEABLE when it is nested too deep for this thread
   */
  get value(): unknown {
    this.#value ??= { read: this.#read() };
    return this.#value.read;
  }

  /**
   * The same, but that large members of a list may still be getters, which decode them when they are read; asking for `value`
   * turns them into what they give. Never to be changed, and not to be given to anybody who expects plain data.
   */
  get opened(): unknown {
    const { rest } = this;
    if (this.#value !== undefined || !Array.isArray(rest)) return this.value;
    this.#opened ??= this.#open(rest);
    return this.#opened;
  }

  #read(): unknown {
    if (this.#opened !== undefined) return this.#settle(this.#opened);
    if (this.#encoded !== undefined) return decode(this.#encoded);
    const { part } = this;
    return part.kind === 'mixed' ? this.#assembled(part) : decodePart(part);
  }

  /** A large field, still encoded; undefined where the whole must be read to know the field. */
  field(name: string): Snapshot | undefined {
    const known = this.#fields.get(name);
    if (known !== undefined || this.#part?.kind !== 'mixed') return known;
    const member = this.#members().get(name);
    if (member === undefined) return undefined;
    const snapshot = this.#memberOf(name, member);
    this.#fields.set(name, snapshot);
    return snapshot;
  }

  #memberOf(name: string, member: Part): Snapshot {
    if (!this.#isOwn && this.#encoded === undefined) return new Snapshot(member);
    return Snapshot.of((this.value as Readonly<Record<string, unknown>>)[name], member);
  }

  /**
   * What tells the value from others. One that came encoded is told by its bytes, which last; one that was encoded here
   * by `ofValue`.
   */
  digest(ofValue: (value: unknown) => string): string {
    this.#digest ??= this.#digestOf(ofValue);
    return this.#digest;
  }

  #digestOf(ofValue: (value: unknown) => string): string {
    if (this.#encoded !== undefined) return digestOfBytes(this.#encoded.bytes, this.#encoded.transfers);
    const part = this.part;
    if (this.#isOwn && this.#value !== undefined) return ofValue(this.#value.read);
    if (part.kind === 'binary') return ofValue([part.type, digestOfBytes(new Uint8Array(part.memory), [])]);
    if (part.kind === 'encoded') return digestOfBytes(part.bytes, part.buffers);
    const rest = this.#isOwn ? ofValue(this.#rest) : digestOfBytes(part.base.bytes, part.base.buffers);
    const members = part.held.map(([key]) => [key, this.field(key)?.digest(ofValue)]);
    return ofValue([rest, members]);
  }

  /** The members of a list, large ones still encoded; undefined for anything else, and for a list that is in one piece. Not to be changed. */
  get members(): readonly unknown[] | undefined {
    const { rest } = this;
    if (!Array.isArray(rest)) return undefined;
    return Array.from(rest.keys(), (position) => this.field(String(position)) ?? (rest[position] as unknown));
  }

  /** What is not in any `field`, such fields being `null`; undefined where there are none. Never to be changed. */
  get rest(): object | undefined {
    if (this.#part?.kind === 'mixed') this.#rest ??= decodePart(this.#part.base) as object;
    return this.#rest;
  }

  #members(): ReadonlyMap<string, Part> {
    this.#held ??= new Map(this.#part?.kind === 'mixed' ? this.#part.held : []);
    return this.#held;
  }

  #open(rest: readonly unknown[]): unknown[] {
    const list = rest.slice();
    for (const key of this.#members().keys()) {
      Object.defineProperty(list, key, { get: () => this.field(key)?.value, enumerable: true, configurable: true });
    }
    return list;
  }

  #settle(list: unknown[]): unknown[] {
    for (const key of this.#members().keys()) define(list, key, this.field(key)?.value);
    return list;
  }

  #assembled(part: MixedPart): unknown {
    const whole = decodePart(part.base) as object;
    for (const [key] of part.held) define(whole, key, this.field(key)?.value);
    return whole;
  }
}

function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function digestOfBytes(bytes: Uint8Array, buffers: readonly (ArrayBuffer | SharedArrayBuffer)[]): string {
  // Loaded when it is first needed: it costs a starting worker several milliseconds.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha1');
  for (const each of [bytes, ...buffers.map((buffer) => new Uint8Array(buffer))])
    for (const piece of inPieces(each)) hash.update(piece);
  return hash.digest('base64url');
}

/** The value itself, where a snapshot of it may be held instead. */
export function reveal(held: unknown): unknown {
  return held instanceof Snapshot ? held.value : held;
}

/** A list whose members may be snapshots; as long as one is, so is the list. */
export function composeList(members: readonly unknown[]): unknown {
  return members.some((member) => member instanceof Snapshot) ? compose([...members], Object.entries(members)) : members;
}

/** An object whose fields may be snapshots; as long as one is, so is the object. */
export function composeObject(fields: readonly (readonly [key: string, value: unknown])[]): unknown {
  const whole = Object.fromEntries(fields);
  return fields.some(([, value]) => value instanceof Snapshot) ? compose(whole, Object.entries(whole)) : whole;
}

function compose(base: object, members: readonly (readonly [key: string, member: unknown])[]): Snapshot {
  const held: [string, Snapshot][] = [];
  for (const [key, member] of members) {
    if (!(member instanceof Snapshot)) continue;
    Object.defineProperty(base, key, { value: null, enumerable: true });
    held.push([key, member]);
  }
  return Snapshot.composed(base, held);
}

/** Snapshots of values that were born on this thread, each made when it is first asked for. */
export class SnapshotShelf {
  readonly #known = new WeakMap<object, Snapshot | 'none'>();

  /** The value as a snapshot, or as it is when that does not pay. It must not change from now on. */
  hold(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Snapshot) return value;
    const known = this.#known.get(value) ?? this.#make(value);
    return known === 'none' ? value : known;
  }

  /** The value as a snapshot, or as it is when nobody has asked for one. */
  known(value: unknown): unknown {
    const known = typeof value === 'object' && value !== null ? this.#known.get(value) : undefined;
    return known instanceof Snapshot ? known : value;
  }

  #make(value: object): Snapshot | 'none' {
    let made: Snapshot | 'none' = 'none';
    try {
      const part = toPart(value);
      if (part !== undefined) made = Snapshot.of(value, part);
    } catch {
      // The task that is sent such a value tells what is wrong with it, by its name.
    }
    this.#known.set(value, made);
    return made;
  }
}
