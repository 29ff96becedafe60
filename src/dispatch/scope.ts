import type { VariableScope } from '../runtimes/types.js';
import { scopeRank } from '../state/index.js';
import { decode, type Encoded } from '../transport/encode.js';
import { decodePart, decodeShared, type Part } from '../transport/part.js';
import type { PartViews } from '../transport/part-views.js';
import { Snapshot } from '../transport/snapshot.js';
import { HeldItemIteration, type HeldPlace } from './held-item-iteration.js';
import { copyPlain } from './plain-iterations.js';
import { copyOf, type PreparedPackage } from './prepared-package.js';
import type { Iteration, Lookup, Slice } from './types.js';

/** Under which name `run.input` travels: one that no author can bind. */
export const runInputName = '$run.input';

/** Under which name the ranks of the scopes travel in which `vars` are seen. */
export const variableRanksName = '$vars.ranks';

/** An iteration on its way: in this order, without names. */
export type WireIteration = readonly [
  attempt: number,
  index: number | undefined,
  branch: number | undefined,
  input: unknown,
  item: unknown,
  names: Slice['names'],
  nodes: Slice['nodes'],
  /** What travels apart. */
  places?: readonly HeldPlace[],
];

/** The parts that one message takes along, each once. */
export class Luggage {
  readonly parts: Part[] = [];
  readonly #positions = new Map<string, number>();

  toWireIteration({ attempt, index, branch, input, item, slice }: Iteration): WireIteration {
    const places = this.placesOf(slice, ['slice']);
    if (input instanceof Snapshot) places.push([this.add(input.part), 'input']);
    if (item instanceof Snapshot) places.push([this.add(item.part), 'item']);
    const wire = [attempt, index, branch, plain(input), plain(item), slice.names, slice.nodes] as const;
    return places.length === 0 ? wire : [...wire, places];
  }

  placesOf({ held = [] }: Slice, around: readonly string[]): HeldPlace[] {
    return held.map(({ path, snapshot }) => [this.add(snapshot.part), ...around, ...path]);
  }

  /** Its position among them. */
  add(part: Part): number {
    const known = this.#positions.get(part.id);
    if (known !== undefined) return known;
    this.#positions.set(part.id, this.parts.length);
    return this.parts.push(part) - 1;
  }
}

function plain(value: unknown): unknown {
  return value instanceof Snapshot ? null : value;
}

function fromWireIteration(wire: WireIteration, parts: readonly Part[], views: PartViews): Iteration {
  const [attempt, index, branch, input, item, names, nodes, places] = wire;
  const iteration = { attempt, index, branch, input, item, slice: { names, nodes } };
  if (places !== undefined) putBack(iteration, places, parts, views);
  return iteration;
}

/** Each held value in its place, decoded when it is first read. */
export function putBack(root: object, places: readonly HeldPlace[], parts: readonly Part[], views: PartViews): void {
  for (const [position, ...path] of places) {
    const last = path.at(-1) ?? '';
    const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, root);
    const get = () => views.view(parts[position] as Part);
    Object.defineProperty(holder, last, { get, enumerable: true, configurable: true });
  }
}

function heldAt(name: 'input' | 'item', places: readonly HeldPlace[] | undefined): number | undefined {
  return places?.find((place) => place.length === 2 && place[1] === name)?.[0];
}

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
