import { hash, randomUUID } from 'node:crypto';
import { plainDigest } from '../dispatch/plain-iterations.js';
import type { Iteration, RunPackage, Slice, Task, TaskRecord } from '../dispatch/types.js';
import type { PathOf } from '../execution/known-outcomes.js';
import type { Definitions } from '../keys/definitions.js';
import { hashValue } from '../keys/hash-value.js';
import { project, toReadSet } from '../state/index.js';
import { Snapshot } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';
import type { WorkNode } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';

/** What `project` gave is no deeper. */
const projectedLevels = 4;
const projectedFields = 32;
const digestLength = 24;

export interface KeySources {
  readonly definitions: Definitions;
  /** What the expressions of each node read, by its id. */
  readonly reads: ReadonlyMap<string, readonly ValueRead[]>;
  /** Takes secrets out of a text, so that no key can tell of one. */
  readonly hide: (text: string) => string;
}

/** What nodes of a task do: all of them, and the first, the first two … */
interface Work {
  readonly whole: string;
  readonly fronts: readonly string[];
  readonly files: readonly string[];
}

/** The keys under which outcomes are noted: where in the run, what the nodes do, and the values they read. */
export class TaskKeys {
  readonly #sources: KeySources;
  /** By the ids of a task's nodes. */
  readonly #works = new Map<string, Promise<Work | undefined>>();
  /** Of values, which never change. */
  readonly #digests = new WeakMap<object, string>();

  constructor(sources: KeySources) {
    this.#sources = sources;
  }

  /** How a task's outcomes are noted. Undefined when what its nodes do cannot be known. */
  async recordOf(task: Task, pathOf: PathOf, lineage: string): Promise<TaskRecord | undefined> {
    const work = await this.#workOf(task);
    if (work === undefined) return undefined;
    const shared = this.#digestSlice(task.shared);
    const base = shorten([lineage, work.whole, task.keep.join(), shared].join('\n'));
    const frontsOf = (): readonly string[] => {
      const around = shorten([lineage, shared].join('\n'));
      return work.fronts.map((front) => `${around} ${front}`);
    };
    const place = placeOf(pathOf(0), task.iterations[0]);
    return { base, frontsOf, ...place, digestOf: (iteration) => this.digestOf(iteration) };
  }

  /** What tells the values of an iteration from others. */
  digestOf(iteration: Iteration): string {
    const plain = plainDigest(iteration);
    if (plain !== undefined) return this.#sources.hide(plain);
    const { input, item, slice } = iteration;
    return shorten([this.#digest(input), this.#digest(item), this.#digestSlice(slice)].join());
  }

  /** Files of code that the task's nodes are made of. */
  async filesOf(task: Task): Promise<readonly string[]> {
    return (await this.#workOf(task))?.files ?? [];
  }

  #workOf({ nodeIds, run }: Task): Promise<Work | undefined> {
    const ids = nodeIds.join('\n');
    const known = this.#works.get(ids) ?? this.#define(nodeIds, run);
    this.#works.set(ids, known);
    return known;
  }

  async #define(nodeIds: readonly string[], run: RunPackage): Promise<Work | undefined> {
    const whole = await this.#spell(nodeIds, run);
    if (whole === undefined) return undefined;
    const definition = await this.#sources.definitions.definitionOf(nodeIds.map((id) => run.nodes[id] as WorkNode));
    const files = definition.kind === 'known' ? definition.files : [];
    const fronts: string[] = [];
    // Each is made of the one before it, so that a long body takes no more than its length.
    for (const id of nodeIds) fronts.push(shorten(`${fronts.at(-1)}\n${await this.#spell([id], run)}`));
    return { whole, fronts, files };
  }

  async #spell(nodeIds: readonly string[], run: RunPackage): Promise<string | undefined> {
    const nodes = nodeIds.map((id) => run.nodes[id] as WorkNode);
    const definition = await this.#sources.definitions.definitionOf(nodes);
    if (definition.kind === 'unknown') return undefined;
    const settings = (['config', 'env'] as const).map((name) => {
      const reads = nodeIds.flatMap((id) => (this.#sources.reads.get(id) ?? []).filter((read) => isNamed(read, name)));
      const projection = definition.context.has(name) ? 'all' : toReadSet(reads).names.get(name);
      return projection === undefined ? '' : this.#hash(project(run[name], projection));
    });
    return [...nodeIds, definition.key, ...settings].join('\n');
  }

  #digestSlice({ names, nodes, held = [] }: Slice): string {
    const parts = [this.#digestProjected(names, 0), this.#digestProjected(nodes, 0)];
    for (const { path, snapshot } of held) parts.push(...path, this.#digest(snapshot));
    return parts.join();
  }

  /** Such objects are made anew for each task, what they hold is not. */
  #digestProjected(value: unknown, level: number): string {
    if (level > projectedLevels || !isPlainObject(value)) return this.#digest(value);
    const keys = Object.keys(value);
    if (keys.length > projectedFields) return this.#digest(value);
    return `{${keys.map((key) => `${JSON.stringify(key)}${this.#digestProjected(value[key], level + 1)}`).join()}}`;
  }

  #digest(value: unknown): string {
    if (value instanceof Snapshot) return value.digest((inner) => this.#digest(inner));
    if (typeof value !== 'object' || value === null) return this.#digestPrimitive(value);
    const known = this.#digests.get(value);
    if (known !== undefined) return known;
    const digest = this.#digestObject(value);
    this.#digests.set(value, digest);
    return digest;
  }

  /** A task that is given what cannot be hashed fails, since it cannot be sent either. */
  #digestObject(value: object): string {
    try {
      return this.#hash(value).slice(0, digestLength);
    } catch {
      return randomUUID();
    }
  }

  #digestPrimitive(value: unknown): string {
    return typeof value === 'function' || typeof value === 'symbol' ? randomUUID() : shorten(this.#hash(value));
  }

  #hash(value: unknown): string {
    return hashValue(value, { text: this.#sources.hide });
  }
}

function isNamed(read: ValueRead, name: string): boolean {
  return read.kind === 'name' && read.name === name;
}

function placeOf(path: string, iteration: Iteration | undefined): Pick<TaskRecord, 'prefix' | 'isIndexed'> {
  const end = `[${iteration?.index}]/`;
  return path.endsWith(end) ? { prefix: path.slice(0, -end.length), isIndexed: true } : { prefix: path, isIndexed: false };
}

function shorten(text: string): string {
  return text.length <= digestLength ? text : hash('sha256', text, 'base64url').slice(0, digestLength);
}
