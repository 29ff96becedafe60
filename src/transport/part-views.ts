import { viewBinary } from './binary.js';
import { decode, encodeShallow } from './encode.js';
import { freezeContainers, freezeDeep, isContainer } from './freeze.js';
import { assemble, decodePart, decodeShared, type Part, partSize } from './part.js';

interface View {
  readonly part: Part;
  readonly value: unknown;
  readonly size: number;
  /** Whether user code may have it, all of it being frozen; found out when it is first asked for. */
  isLendable: boolean | undefined;
}

/** Decoded values are kept as long as their encoded sizes stay below this together; the latest is kept whatever its size. */
const keptBytes = 128 * 1024 * 1024;
/** Once nothing has been asked for this long, all of it is given up: a run that has ended says nothing to its threads. */
const defaultIdleMs = 1_000;
/** Members looked at for views that a container may hold. */
const searchLimit = 256;

/** What a thread has decoded of the parts it was sent: one copy of each, for all readers that never write. */
export class PartViews {
  /** Least recently used first. */
  readonly #views = new Map<string, View>();
  readonly #byValue = new WeakMap<object, View>();
  readonly #idleMs: number;
  #bytes = 0;
  #idle: NodeJS.Timeout | undefined;
  #isUsed = false;

  /** @param idleMs without a use, after which everything is given up */
  constructor(idleMs: number = defaultIdleMs) {
    this.#idleMs = idleMs;
  }

  /** The value, shared by everybody who asks for it: it must never be changed. */
  view(part: Part): unknown {
    return this.#viewOf(part).value;
  }

  /** A copy that shares nothing with the value, wherever views occur in it. */
  copy(value: unknown): unknown {
    return this.#replace(value, ({ part }) => decodePart(part));
  }

  /** The same, with the bytes of large arrays in shared memory that nobody else knows. */
  copyShared(value: unknown): unknown {
    return this.#replace(value, ({ part }) => decodeShared(part));
  }

  /** The same for user code that has promised not to write: frozen views are shared, all else is copied. */
  lend(value: unknown): unknown {
    return this.#replace(value, (view) => (this.#isLendable(view) ? view.value : decodePart(view.part)));
  }

  /** The same for user code that has promised to keep nothing either: typed arrays, which cannot be frozen, are shared as well, and what lies around them is frozen. */
  lendInPlace(value: unknown): unknown {
    return this.#replace(value, (view) => this.#inPlace(view));
  }

  /** Encoded size of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  #viewOf(part: Part): View {
    const known = this.#views.get(part.id);
    this.#isUsed = true;
    if (known === undefined) return this.#keep(part);
    this.#views.delete(part.id);
    this.#views.set(part.id, known);
    return known;
  }

  #inPlace(view: View): unknown {
    const { part, value } = view;
    // A plain buffer is this thread's own copy for all readers, and what takes the output of one of them would take it from the others.
    if (part.kind === 'binary' && part.type === 'ArrayBuffer') return decodePart(part);
    if (part.kind === 'binary' || this.#isLendable(view)) return value;
    if (part.kind !== 'mixed') return decodePart(part);
    return freezeContainers(assemble(part, (member) => this.#inPlace(this.#viewOf(member))));
  }

  #keep(part: Part): View {
    const value = this.#read(part);
    const view: View = { part, value, size: partSize(part), isLendable: undefined };
    if (typeof value === 'object' && value !== null) this.#byValue.set(value, view);
    this.#views.set(part.id, view);
    this.#bytes += view.size;
    this.#shrink();
    this.#watch();
    return view;
  }

  #read(part: Part): unknown {
    if (part.kind === 'mixed') return assemble(part, (member) => this.view(member));
    return part.kind === 'binary' ? viewBinary(part) : decodePart(part);
  }

  #shrink(): void {
    for (const [id, { size }] of this.#views) {
      if (this.#bytes <= keptBytes || this.#views.size === 1) return;
      this.#views.delete(id);
      this.#bytes -= size;
    }
  }

  #watch(): void {
    if (this.#idle !== undefined) return;
    this.#isUsed = false;
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      if (this.#isUsed) this.#watch();
      else {
        this.#views.clear();
        this.#bytes = 0;
      }
    }, this.#idleMs).unref();
  }

  #isLendable(view: View): boolean {
    view.isLendable ??= freezeDeep(view.value);
    return view.isLendable;
  }

  #replace(value: unknown, give: (view: View) => unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const view = this.#byValue.get(value);
    if (view !== undefined) return give(view);
    return (this.#views.size > 0 ? this.#rebuild(value, give) : undefined) ?? decode(encodeShallow(value, 'wrapped'));
  }

  /** A small container around views; undefined for anything else, and where a copy of the whole says more than its members'. */
  #rebuild(root: object, give: (view: View) => unknown): unknown {
    const found = new Set<View>();
    if (this.#search(root, found, new Set()) > searchLimit || found.size === 0) return undefined;
    // Of a mixed value and a member of it, only the whole keeps that they are one.
    if (found.size > 1 && [...found].some(({ part }) => part.kind === 'mixed')) return undefined;
    return this.#copyContainer(root, give, new Map());
  }

  /** Members met, or more than `searchLimit` when not all of it is plain containers, primitives and views. */
  #search(value: unknown, found: Set<View>, met: Set<object>): number {
    if (typeof value !== 'object' || value === null || met.has(value)) return met.size;
    const view = this.#byValue.get(value);
    if (view !== undefined) found.add(view);
    else if (isContainer(value)) {
      met.add(value);
      const members = Object.values(value);
      if (met.size + members.length > searchLimit) return Number.POSITIVE_INFINITY;
      for (const member of members) if (this.#search(member, found, met) > searchLimit) return Number.POSITIVE_INFINITY;
    } else return Number.POSITIVE_INFINITY;
    return met.size;
  }

  #copyContainer(value: unknown, give: (view: View) => unknown, copies: Map<object, unknown>): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const view = this.#byValue.get(value);
    const copy = view === undefined ? (Array.isArray(value) ? new Array<unknown>(value.length) : {}) : give(view);
    copies.set(value, copy);
    if (view !== undefined) return copy;
    for (const [key, member] of Object.entries(value)) {
      const own = this.#copyContainer(member, give, copies);
      Object.defineProperty(copy, key, { value: own, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  }
}
