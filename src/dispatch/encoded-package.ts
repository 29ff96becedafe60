import { decode, type Encoded, encode } from '../transport/encode.js';
import { type Packed, pack, unpack } from '../transport/pack.js';
import type { WorkNode } from '../types/ast.js';
import type { RunPackage } from './types.js';

/** A run's package on its way to threads. Its nodes are encoded in pieces: a thread decodes those that it comes to. */
export interface EncodedPackage {
  /** All but the nodes. */
  readonly rest: Encoded;
  /** `string[]` as JSON, in the order of the pieces. */
  readonly ids: string;
  readonly pieces: Packed;
}

type Nodes = RunPackage['nodes'];
type EncodedNodes = Pick<EncodedPackage, 'ids' | 'pieces'>;

/** Nodes of a piece: they follow one another in the flow, as tasks of one message mostly do. */
const pieceLength = 32;

/** Encodes each package once, and the nodes of a flow once for all of its runs. */
export class PackageEncoder {
  readonly #packages = new WeakMap<RunPackage, EncodedPackage>();
  readonly #nodes = new WeakMap<Nodes, EncodedNodes>();

  /** @throws FlowError VALUE_NOT_CLONEABLE */
  encode(run: RunPackage): EncodedPackage {
    const known = this.#packages.get(run);
    if (known !== undefined) return known;
    const { nodes, ...rest } = run;
    const encoded = { rest: encode(rest), ...this.#encodeNodes(nodes) };
    this.#packages.set(run, encoded);
    return encoded;
  }

  #encodeNodes(nodes: Nodes): EncodedNodes {
    const known = this.#nodes.get(nodes);
    if (known !== undefined) return known;
    const list = Object.values(nodes);
    const starts = Array.from({ length: Math.ceil(list.length / pieceLength) }, (_, piece) => piece * pieceLength);
    const pieces = pack(starts.map((start) => encode(list.slice(start, start + pieceLength))));
    const encoded = { ids: JSON.stringify(Object.keys(nodes)), pieces };
    this.#nodes.set(nodes, encoded);
    return encoded;
  }
}

/** The nodes of a package where tasks run: each thread's own, decoded when they are first asked for. */
export class PackageNodes {
  readonly #pieces: readonly Encoded[];
  readonly #positions: ReadonlyMap<string, number>;
  readonly #decoded: (readonly WorkNode[] | undefined)[] = [];

  constructor({ ids, pieces }: EncodedPackage) {
    this.#pieces = unpack(pieces);
    this.#positions = new Map((JSON.parse(ids) as string[]).map((id, position) => [id, position]));
  }

  get(id: string): WorkNode | undefined {
    const position = this.#positions.get(id);
    return position === undefined ? undefined : this.#pieceOf(position)[position % pieceLength];
  }

  #pieceOf(position: number): readonly WorkNode[] {
    const piece = Math.floor(position / pieceLength);
    this.#decoded[piece] ??= decode(this.#pieces[piece] as Encoded) as WorkNode[];
    return this.#decoded[piece];
  }
}
