import { hash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { KeyPart } from '../keys/definition.js';
import { makeFolder } from '../runtimes/make-folder.js';

/** What the key of a node was made of, where it last ran. */
export interface LastKey {
  readonly definition: readonly KeyPart[];
  readonly inputs: readonly KeyPart[];
}

type Pairs = readonly (readonly [name: string, hash: string])[];

interface Kept {
  readonly version: 1;
  /** By key: many iterations share one. */
  readonly definitions: Readonly<Record<string, Pairs>>;
  /** By path in the run. */
  readonly nodes: Readonly<Record<string, readonly [definition: string, inputs: Pairs]>>;
}

/** Paths noted of one flow: those of a million items would be of no use to anybody. */
const mostPaths = 20_000;
const shownLength = 16;

/** The last keys of a flow's nodes, in a file, so that a miss can be explained. Losing it costs explanations and nothing else. */
export class LastKeys {
  readonly #file: string;
  readonly #before: Promise<ReadonlyMap<string, LastKey>>;
  readonly #now = new Map<string, LastKey>();

  /** @param flow absolute path of the flow file */
  constructor(stateDirectory: string, flow: string) {
    // Two flows of one name may share a state folder; both may be moved together.
    const place = relative(dirname(stateDirectory), flow).split(sep).join('/');
    this.#file = join(stateDirectory, 'keys', `${basename(flow)}-${hash('sha256', place).slice(0, 8)}.json`);
    this.#before = readKept(this.#file);
  }

  async before(path: string): Promise<LastKey | undefined> {
    return (await this.#before).get(path);
  }

  note(path: string, key: LastKey): void {
    if (this.#now.size < mostPaths) this.#now.set(path, key);
  }

  /** Never rejects. */
  async save(): Promise<void> {
    if (this.#now.size === 0) return;
    const temporary = `${this.#file}.${randomUUID()}.tmp`;
    try {
      const all = [...this.#now, ...[...(await this.#before)].filter(([path]) => !this.#now.has(path))].slice(0, mostPaths);
      makeFolder(dirname(this.#file));
      await writeFile(temporary, JSON.stringify(toKept(all)));
      await rename(temporary, this.#file);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}

async function readKept(file: string): Promise<ReadonlyMap<string, LastKey>> {
  try {
    const { version, definitions, nodes } = JSON.parse(await readFile(file, 'utf8')) as Kept;
    if (version !== 1) return new Map();
    const keys = Object.entries(nodes).map(([path, [definition, inputs]]) => {
      return [path, { definition: fromPairs(definitions[definition] ?? []), inputs: fromPairs(inputs) }] as const;
    });
    return new Map(keys);
  } catch {
    return new Map();
  }
}

function toKept(keys: readonly (readonly [path: string, key: LastKey])[]): Kept {
  const definitions = new Map<string, [id: string, pairs: Pairs]>();
  const nodes = keys.map(([path, { definition, inputs }]) => {
    const pairs = toPairs(definition);
    const text = JSON.stringify(pairs);
    const known = definitions.get(text) ?? [String(definitions.size), pairs];
    definitions.set(text, known);
    return [path, [known[0], toPairs(inputs)]] as const;
  });
  return { version: 1, definitions: Object.fromEntries(definitions.values()), nodes: Object.fromEntries(nodes) };
}

function toPairs(parts: readonly KeyPart[]): Pairs {
  return parts.map(({ name, hash }) => [name, hash.slice(0, shownLength)]);
}

function fromPairs(pairs: Pairs): readonly KeyPart[] {
  return pairs.map(([name, hash]) => ({ name, hash }));
}

/** Names of what differs between two keys, as an author would put it. */
export function changedParts(before: LastKey, now: LastKey): readonly string[] {
  return [...differing(before.definition, now.definition), ...differing(before.inputs, now.inputs)];
}

function differing(before: readonly KeyPart[], now: readonly KeyPart[]): string[] {
  const was = new Map(before.map(({ name, hash }) => [name, hash.slice(0, shownLength)]));
  const is = new Map(now.map(({ name, hash }) => [name, hash.slice(0, shownLength)]));
  return [...new Set([...is.keys(), ...was.keys()])].filter((name) => is.get(name) !== was.get(name));
}
