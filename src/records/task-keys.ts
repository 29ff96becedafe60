import { plainDigest } from '../dispatch/plain-digest.js';
import type { Iteration, RunPackage, Task, TaskFronts, TaskRecord } from '../dispatch/types.js';
import type { PathOf } from '../execution/known-outcomes.js';
import type { Definitions } from '../keys/definitions.js';
import { project, toReadSet } from '../state/index.js';
import type { WorkNode } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';
import { type FrontNode, frontsOf, readsInSlice } from './front-keys.js';
import { shorten, ValueDigests } from './value-digests.js';

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
  readonly fronts: readonly FrontNode[];
  readonly files: readonly string[];
}

/** The keys under which outcomes are noted: where in the run, what the nodes do, and the values they read. */
export class TaskKeys {
  readonly #sources: KeySources;
  /** By the ids of a task's nodes. */
  readonly #works = new Map<string, Promise<Work | undefined>>();
  readonly #digests: ValueDigests;

  constructor(sources: KeySources) {
    this.#sources = sources;
    this.#digests = new ValueDigests(sources.hide);
  }

  /** How a task's outcomes are noted. Undefined when what its nodes do cannot be known. */
  async recordOf(task: Task, pathOf: PathOf, lineage: string): Promise<TaskRecord | undefined> {
    const work = await this.#workOf(task);
    if (work === undefined) return undefined;
    const [first] = task.iterations;
    // A named branch keeps its path wherever it stands; its nodes may ask where that is.
    const around = first?.branch === undefined ? lineage : `${lineage}#${first.branch}`;
    const base = shorten([around, work.whole, task.keep.join(), this.#digests.ofSlice(task.shared)].join('\n'));
    const place = placeOf(pathOf(0), first);
    const fronts = (): TaskFronts => frontsOf(work.fronts, around, task.shared, this.#digests);
    return { base, frontsOf: fronts, ...place, digestOf: (iteration) => this.digestOf(iteration) };
  }

  /** What tells the values of an iteration from others. */
  digestOf(iteration: Iteration): string {
    const plain = plainDigest(iteration);
    if (plain !== undefined) return this.#sources.hide(plain);
    const { input, item, slice } = iteration;
    return shorten([this.#digests.of(input), this.#digests.of(item), this.#digests.ofSlice(slice)].join());
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
    const reads = readsInSlice(nodeIds, this.#sources.reads);
    const fronts: FrontNode[] = [];
    let does = '';
    for (const [at, read] of reads.entries()) {
      const spelled = await this.#spell(nodeIds.slice(at, at + 1), run);
      if (spelled === undefined) return undefined;
      does = shorten(`${does}\n${spelled}`);
      fronts.push({ ...read, does });
    }
    return { whole, fronts, files };
  }

  async #spell(nodeIds: readonly string[], run: RunPackage): Promise<string | undefined> {
    const nodes = nodeIds.map((id) => run.nodes[id] as WorkNode);
    const definition = await this.#sources.definitions.definitionOf(nodes);
    if (definition.kind === 'unknown') return undefined;
    const settings = (['config', 'env'] as const).map((name) => {
      const reads = nodeIds.flatMap((id) => (this.#sources.reads.get(id) ?? []).filter((read) => isNamed(read, name)));
      const projection = definition.context.has(name) ? 'all' : toReadSet(reads).names.get(name);
      return projection === undefined ? '' : this.#digests.hash(project(run[name], projection));
    });
    return [...nodeIds, definition.key, ...settings].join('\n');
  }
}

function isNamed(read: ValueRead, name: string): boolean {
  return read.kind === 'name' && read.name === name;
}

function placeOf(path: string, iteration: Iteration | undefined): Pick<TaskRecord, 'prefix' | 'isIndexed'> {
  const end = `[${iteration?.index}]/`;
  return path.endsWith(end) ? { prefix: path.slice(0, -end.length), isIndexed: true } : { prefix: path, isIndexed: false };
}
