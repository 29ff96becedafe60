import type { VariableScope } from '../runtimes/types.js';
import { scopeRank } from '../state/index.js';
import { decode, type Encoded } from '../transport/encode.js';
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
];

export function toWireIteration({ attempt, index, branch, input, item, slice }: Iteration): WireIteration {
  return [attempt, index, branch, input, item, slice.names, slice.nodes];
}

function fromWireIteration(wire: WireIteration): Iteration {
  const [attempt, index, branch, input, item, names, nodes] = wire;
  return { attempt, index, branch, input, item, slice: { names, nodes } };
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
  readonly #encoded: Encoded;
  readonly #results = new Map<string, ResultView>();
  #vars: Readonly<Record<string, unknown>> | undefined;
  #ranks: Record<string, number> | undefined;
  #view: Iteration | undefined;

  constructor(prepared: PreparedPackage, shared: Slice, encoded: Encoded) {
    this.#prepared = prepared;
    this.#shared = shared;
    this.#encoded = encoded;
    this.#view = this.#decode();
    this.attempt = this.#view.attempt;
    this.index = this.#view.index;
    this.branch = this.#view.branch;
  }

  /** What expressions read. */
  get iteration(): Iteration {
    this.#view ??= this.#decode();
    return this.#view;
  }

  /** The body's own input, which shares nothing with what the scope shows. Asked for before any node has run. */
  ownInput(): unknown {
    const { input } = this.iteration;
    if (typeof input !== 'object' || input === null) return input;
    // Transferred buffers would be shared by a second decoding; anything else is decoded again only if somebody reads it.
    if (this.#encoded.transfers.length > 0) return copyOf(input);
    this.#view = undefined;
    return input;
  }

  /** The current element, shared with nobody. */
  ownItem(): unknown {
    const { item } = this.iteration;
    if (typeof item !== 'object' || item === null) return item;
    return this.#encoded.transfers.length > 0 ? copyOf(item) : this.#decode().item;
  }

  record(id: string, result: ResultView): void {
    this.#results.set(id, result);
  }

  /** Shows a variable to the nodes that follow, unless one of its name stands nearer. */
  setVariable(name: string, value: unknown, scope: VariableScope): void {
    this.#ranks ??= { ...(this.#named(variableRanksName) as Readonly<Record<string, number>> | undefined) };
    const rank = scopeRank[scope];
    if ((this.#ranks[name] ?? rank) < rank) return;
    this.#ranks[name] = rank;
    const before = this.#vars ?? (this.#named('vars') as Readonly<Record<string, unknown>> | undefined);
    this.#vars = Object.fromEntries([...Object.entries(before ?? {}), [name, value]]);
  }

  #decode(): Iteration {
    return fromWireIteration(decode(this.#encoded) as WireIteration);
  }

  /** `input` is whatever the node at hand calls its input. */
  lookup(input: () => unknown): Lookup {
    return (name) => (name === 'input' ? input() : this.#find(name));
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

  #named(name: string): unknown {
    const { names, nodes } = this.iteration.slice;
    for (const holder of [names, nodes, this.#shared.names, this.#shared.nodes]) {
      if (Object.hasOwn(holder, name)) return holder[name];
    }
    return undefined;
  }
}
