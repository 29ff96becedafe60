import { viewBinary } from './binary.js';
import { copyAroundViews, type FindView, type View } from './copy-around-views.js';
import { decode, encodeShallow } from './encode.js';
import { freezeContainers, freezeDeep } from './freeze.js';
import { assemble, decodePart, decodeShared, type Part, partSize } from './part.js';

/** Decoded values are kept as long as their encoded sizes stay below this together; the latest is kept whatever its size. */
const keptBytes = 128 * 1024 * 1024;
/** Once nothing has been asked for this long, all of it is given up: a run that has ended says nothing to its threads. */
const defaultIdleMs = 1_000;

/** What a thread has decoded of the parts it was sent: one copy of each, for all readers that never write. */
export class PartViews {
  /** By id of the part, least recently used first. */
  readonly #kept = new Map<string, View>();
  readonly #byValue = new WeakMap<object, View>();
  /** Of what is not kept: an array is one object for as long as its message knows it. */
  readonly #inPlaceViews = new WeakMap<Part, View>();
  readonly #idleMs: number;
  /** Expressions ask for the same value over and over. */
  #latest: View | undefined;
  #bytes = 0;
  #idle: NodeJS.Timeout | undefined;
  #isUsed = false;
  /** Whether a value may hold a view at all. */
  #hasShown = false;
  readonly #find: FindView = (value) => this.#byValue.get(value);

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
    this.#isUsed = true;
    if (this.#latest?.part === part) return this.#latest;
    this.#latest = isInPlace(part) ? this.#viewInPlace(part) : this.#keptViewOf(part);
    this.#watch();
    return this.#latest;
  }

  #viewInPlace(part: Part): View {
    const view = this.#inPlaceViews.get(part) ?? this.#show(part);
    this.#inPlaceViews.set(part, view);
    return view;
  }

  #keptViewOf(part: Part): View {
    const known = this.#kept.get(part.id);
    if (known === undefined) return this.#keep(part);
    this.#kept.delete(part.id);
    this.#kept.set(part.id, known);
    return known;
  }

  #inPlace(view: View): unknown {
    const { part, value } = view;
    if (isInPlace(part) || this.#isLendable(view)) return value;
    if (part.kind !== 'mixed') return decodePart(part);
    return freezeContainers(assemble(part, (member) => this.#inPlace(this.#viewOf(member))));
  }

  #keep(part: Part): View {
    const view = this.#show(part);
    this.#kept.set(part.id, view);
    this.#bytes += partSize(part);
    this.#shrink();
    return view;
  }

  #show(part: Part): View {
    const value = this.#read(part);
    this.#hasShown = true;
    const view: View = { part, value, isLendable: undefined };
    if (typeof value === 'object' && value !== null) this.#byValue.set(value, view);
    return view;
  }

  #read(part: Part): unknown {
    if (part.kind === 'mixed') return assemble(part, (member) => this.view(member));
    return part.kind === 'binary' ? viewBinary(part) : decodePart(part);
  }

  #shrink(): void {
    for (const [id, { part }] of this.#kept) {
      if (this.#bytes <= keptBytes || this.#kept.size === 1) return;
      this.#kept.delete(id);
      this.#bytes -= partSize(part);
    }
  }

  #watch(): void {
    if (this.#idle !== undefined) return;
    this.#isUsed = false;
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      if (this.#isUsed) this.#watch();
      else {
        this.#kept.clear();
        this.#latest = undefined;
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
    const view = this.#find(value);
    if (view !== undefined) return give(view);
    return (this.#hasShown ? copyAroundViews(value, this.#find, give) : undefined) ?? decode(encodeShallow(value, 'wrapped'));
  }
}

/**
 * Shown where its bytes lie. There is nothing to decode, so it is not worth keeping, and its memory would be kept with it.
 * A plain buffer is a copy for all readers of this thread, and what takes the output of one of them would take it from the others.
 */
function isInPlace(part: Part): boolean {
  return part.kind === 'binary' && part.type !== 'ArrayBuffer';
}
