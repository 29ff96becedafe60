import type { VariableScope } from '../runtimes/types.js';
import { scopeRank } from '../state/index.js';
import { decode, type Encoded } from '../transport/encode.js';
import { decodePart, decodeShared, type Part } from '../transport/part.js';
import { HeldItemIteration } from './held-item-iteration.js';
import { copyPlain } from './plain-iterations.js';
import { copyOf, type PreparedPackage } from './prepared-package.js';
import { runInputName, variableRanksName } from './slice-names.js';
import type { Iteration, Lookup, Slice } from './types.js';
import { fromWireIteration, type HeldPlace, heldAt, type WireIteration } from './wire-iteration.js';

/** A finished node as expressions see it. */
export interface ResultView {
  readonly output: unknown;
  readonly status: 'completed' | 'skipped';
  readonly error: null;
  readonly durationMs: number;
}

/** Every name the expressions of one iteration can see. What it gives out is only ever read. */
export class IterationScope {
  readonly attempt: number;
  readonly index: number | undefined;
  readonly branch: number | undefined;
  readonly #prepared: PreparedPackage;
  readonly #shared: Slice;
  /** Undefined for a plain iteration. */
  readonly #encoded: Encoded | undefined;
  readonly #parts: readonly Part[];
  #places: readonly HeldPlace[] | undefined;
  readonly #results = new Map<string, ResultView>();
  #vars: Readonly<Record<string, unknown>> | undefined;
  #ranks: Record<string, number> | undefined;
  #view: Iteration | undefined;

  constructor(prepared: PreparedPackage, shared: Slice, source: Encoded | Iteration, parts: readonly Part[]) {
    this.#prepared = prepared;
    this.#shared = shared;
    this.#encoded = 'bytes' in source ? source : undefined;
    this.#parts = parts;
    this.#view = 'bytes' in source ? this.#decode(source) : source;
    this.attempt = this.#view.attempt;
    this.index = this.#view.index;
    this.branch = this.#view.branch;
  }

  /** What expressions read. */
  get iteration(): Iteration {
    this.#view ??= this.#decode(this.#encoded as Encoded);
    return this.#view;
  }

  /**
   * The body's own input, which shares nothing with what the scope shows. Asked for before any node has run.
   * @param mayShare its bytes may lie in shared memory of their own
   */
  ownInput(mayShare = false): unknown {
    const held = this.#heldPart('input');
    if (held !== undefined) return mayShare ? decodeShared(held) : decodePart(held);
    const { input } = this.iteration;
    if (this.#encoded === undefined) return copyPlain(input);
    if (typeof input !== 'object' || input === null) return input;
    // Transferred buffers would be shared by a second decoding; anything else is decoded again only if somebody reads it.
    if (this.#encoded.transfers.length > 0) return copyOf(input);
    this.#view = undefined;
    return input;
  }

  /** The body's own input is a large value that others may read too. */
  get isInputHeld(): boolean {
    return this.#heldPart('input') !== undefined;
  }

  /** The current element, shared with nobody. */
  ownItem(): unknown {
    const held = this.#heldPart('item');
    if (held !== undefined) return decodePart(held);
    const { item } = this.iteration;
    if (this.#encoded === undefined) return copyPlain(item);
    if (typeof item !== 'object' || item === null) return item;
    return this.#encoded.transfers.length > 0 ? copyOf(item) : this.#decode(this.#encoded).item;
  }

  record(id: string, result: ResultView): void {
    this.#results.set(id, result);
  }

  /** What a node gave that was recorded. */
  outputOf(id: string): unknown {
    return this.#results.get(id)?.output;
  }

  /** Shows a variable to the nodes that follow, unless one of its name stands nearer. */
  setVariable(name: string, value: unknown, scope: VariableScope): void {
    this.#ranks ??= Object.assign(Object.create(null) as Record<string, number>, this.#named(variableRanksName));
    const rank = scopeRank[scope];
    if ((this.#ranks[name] ?? rank) < rank) return;
    this.#ranks[name] = rank;
    const before = this.#vars ?? (this.#named('vars') as Readonly<Record<string, unknown>> | undefined);
    this.#vars = Object.fromEntries([...Object.entries(before ?? {}), [name, value]]);
  }

  #decode(encoded: Encoded): Iteration {
    const wire = decode(encoded) as WireIteration;
    this.#places = wire[7];
    return fromWireIteration(wire, this.#parts, this.#prepared.views);
  }

  #heldPart(name: 'input' | 'item'): Part | undefined {
    const view = this.#view;
    const position = view instanceof HeldItemIteration ? view.position : heldAt(name, this.#places);
    return position === undefined ? undefined : this.#parts[position];
  }

  /** `input` is whatever the node at hand calls its input. A name that is there is null where its value is undefined. */
  lookup(input: () => unknown): Lookup {
    return (name) => (name === 'input' ? (input() ?? null) : this.#find(name));
  }

  #find(name: string): unknown {
    if (name === 'vars' && this.#vars !== undefined) return this.#vars;
    const found = this.#results.get(name) ?? this.#named(name);
    if (found !== undefined) return found;
    const { run } = this.#prepared;
    switch (name) {
      case 'nodes':
        return { ...this.#shared.nodes, ...this.iteration.slice.nodes, ...Object.fromEntries(this.#results) };
      case 'run':
        return { id: run.runId, startedAt: new Date(run.startedAt).toISOString(), input: this.#named(runInputName) ?? null };
      case 'config':
        return run.config;
      case 'secrets':
        return run.secrets;
      case 'env':
        return run.env;
      case 'item':
        return this.iteration.item;
      case 'index':
        return this.index;
      case 'branch':
        return this.branch;
      default:
        return undefined;
    }
  }

  /** Null where what is bound is undefined: `undefined` is for names that are not there. */
  #named(name: string): unknown {
    const { names, nodes } = this.iteration.slice;
    for (const holder of [names, nodes, this.#shared.names, this.#shared.nodes]) {
      if (Object.hasOwn(holder, name)) return holder[name] ?? null;
    }
    return undefined;
  }
}
