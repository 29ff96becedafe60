import type { Iteration, IterationOutcome, Task } from '../dispatch/types.js';
import { createRedactor, type Redactor } from '../errors/redact.js';
import type { KnownOutcomes, PathOf } from '../execution/known-outcomes.js';
import type { CodeBook } from '../keys/code-book.js';
import type { Definition, KeyPart } from '../keys/definition.js';
import type { Definitions } from '../keys/definitions.js';
import { hashValue } from '../keys/hash-value.js';
import type { WorkNode } from '../types/ast.js';
import type { MissReason } from '../types/cache.js';
import type { Analysis } from '../validation/index.js';
import { changedParts, type LastKey, type LastKeys } from './last-keys.js';
import { fromBlob, toBlob } from './outcome-blob.js';
import type { CacheTally } from './report.js';
import { type CacheRule, readsSecrets } from './rules.js';
import type { CacheStore, Entry, Found } from './store.js';
import { areUnchanged, inputParts, type Reader, readerOf, type StampedFiles } from './task-inputs.js';
import { ValueHashes } from './value-hashes.js';

export interface CacheParts {
  readonly flowName: string;
  readonly analysis: Analysis;
  readonly rules: ReadonlyMap<string, CacheRule>;
  readonly definitions: Definitions;
  readonly code: CodeBook;
  readonly store: CacheStore;
  readonly lastKeys: LastKeys;
  readonly tally: CacheTally;
}

type Known = Extract<Definition, { kind: 'known' }>;

interface Keyed extends LastKey {
  readonly key: string;
  readonly path: string;
  /** Files it is made of, which the node reads later. */
  readonly files: StampedFiles | undefined;
}

/** Results of other runs, found by what they are made of. */
export class CachedOutcomes implements KnownOutcomes {
  readonly source = 'cache';
  readonly #parts: CacheParts;
  /** Keys of iterations that are running. */
  readonly #keys = new WeakMap<Iteration, Keyed>();
  readonly #readers = new Map<string, Reader>();
  /** By what nodes do: whether there is any result of it. */
  readonly #works = new Map<string, Promise<boolean>>();
  #hashes: ValueHashes | undefined;
  #redactor: Redactor | undefined;
  #isCurrent: Promise<boolean> | undefined;

  constructor(parts: CacheParts) {
    this.#parts = parts;
  }

  async recall(task: Task, pathOf: PathOf): Promise<readonly (IterationOutcome | undefined)[]> {
    const node = this.#cachedNode(task);
    if (node === undefined) return [];
    const definition = await this.#define(node);
    if (definition.kind === 'known') return this.#recallAll(node, definition, task, pathOf);
    task.iterations.forEach((_, at) => {
      this.#miss(node, { kind: 'not-cacheable', why: definition.why }, pathOf(at) + node.id);
    });
    return [];
  }

  async remember(task: Task, _pathOf: PathOf, outcomes: readonly IterationOutcome[]): Promise<void> {
    const node = this.#cachedNode(task);
    if (node === undefined) return;
    const definition = await this.#parts.definitions.definitionOf([node]);
    const found = await Promise.all(outcomes.map((outcome, at) => this.#entryOf(node, task, outcome, at)));
    const entries = found.flat();
    if (entries.length === 0 || definition.kind === 'unknown') return;
    if (!(await this.#parts.code.isCurrent())) this.#parts.tally.notStored(node.id, changedCode);
    else if (this.#isWorthIt(node, outcomes)) await this.#store(entries, node, definition.key);
    else this.#parts.tally.notStored(node.id, 'it takes less time to compute than to look up');
  }

  async #store(entries: readonly Entry[], { id }: WorkNode, work: string): Promise<void> {
    const isMarked = await this.#works.get(work);
    this.#works.set(work, Promise.resolve(true));
    const isStored = await this.#parts.store.put(entries, { flow: this.#parts.flowName, node: id });
    if (isStored && isMarked !== true) await this.#parts.store.mark(work);
  }

  /** Nobody who asks for everything to be cached means thousands of entries that took microseconds. */
  #isWorthIt({ id }: WorkNode, outcomes: readonly IterationOutcome[]): boolean {
    const rule = this.#parts.rules.get(id);
    if (outcomes.length < fewIterations || (rule?.kind === 'cached' && rule.isMarked)) return true;
    const workMs = outcomes.reduce((sum, { nodes }) => sum + (nodes[0]?.durationMs ?? 0), 0);
    return workMs / outcomes.length >= leastWorkMs;
  }

  /** The node of a task, if its results are to be used again: it has a task of its own then. */
  #cachedNode({ nodeIds, run }: Task): WorkNode | undefined {
    const [id, ...rest] = nodeIds;
    if (id === undefined || rest.length > 0 || this.#parts.rules.get(id)?.kind !== 'cached') return undefined;
    return run.nodes[id];
  }

  /** Code that was written since it was read may or may not be what a thread has loaded. */
  async #define(node: WorkNode): Promise<Definition> {
    this.#isCurrent ??= this.#parts.code.isCurrent();
    if (!(await this.#isCurrent)) return { kind: 'unknown', why: changedCode };
    const definition = await this.#parts.definitions.definitionOf([node]);
    const isRefused = definition.kind === 'known' && definition.context.has('secrets') && node.cache !== true;
    return isRefused ? { kind: 'unknown', why: readsSecrets } : definition;
  }

  #recallAll(node: WorkNode, definition: Known, task: Task, pathOf: PathOf): Promise<(IterationOutcome | undefined)[]> {
    const reader = this.#readers.get(node.id) ?? readerOf(node, definition.context, this.#parts.analysis);
    this.#readers.set(node.id, reader);
    return Promise.all(
      task.iterations.map((iteration, at) => this.#recallOne({ reader, definition, task, iteration }, pathOf(at))),
    );
  }

  async #recallOne(asked: Asked, prefix: string): Promise<IterationOutcome | undefined> {
    const { reader, iteration, definition } = asked;
    const { node } = reader;
    const path = prefix + node.id;
    const startedAt = Date.now();
    const start = performance.now();
    try {
      const keyed = await this.#keyOf(asked, path);
      this.#keys.set(iteration, keyed);
      // Of a node that is tried again it is known that nothing was found.
      if (iteration.attempt > 1) return undefined;
      const found = (await this.#hasAny(definition)) ? await this.#parts.store.get(keyed.key) : nothing;
      if (found.kind === 'found') {
        const outcome = fromBlob(found.blob, { id: node.id, startedAt, durationMs: performance.now() - start });
        this.#parts.lastKeys.note(path, keyed);
        this.#parts.tally.hit(node.id);
        return outcome;
      }
      this.#miss(node, await this.#whyNot(found, keyed), path);
      this.#parts.lastKeys.note(path, keyed);
    } catch (error) {
      this.#miss(node, { kind: 'not-cacheable', why: error instanceof Error ? error.message : String(error) }, path);
    }
    return undefined;
  }

  async #keyOf({ reader, definition, task, iteration }: Asked, path: string): Promise<Keyed> {
    this.#redactor ??= createRedactor(task.run.secrets);
    this.#hashes ??= new ValueHashes(this.#redactor);
    const { parts: inputs, files } = await inputParts(reader, task, iteration, this.#hashes);
    const sorted = inputs.map((part) => `${part.key}\n${part.hash}`).sort();
    const key = hashValue([definition.key, sorted]);
    return {
      key,
      path,
      files,
      definition: definition.parts,
      inputs: inputs.map((part) => this.#withoutSecrets(part)),
    };
  }

  /** The path of a file may hold one. */
  #withoutSecrets({ name, hash }: KeyPart): KeyPart {
    return { name: this.#redactor?.text(name) ?? name, hash };
  }

  /** Whether there is any result of what a node does: if not, a million items need not be looked for. */
  #hasAny({ key }: Known): Promise<boolean> {
    const known = this.#works.get(key) ?? this.#parts.store.isMarked(key);
    this.#works.set(key, known);
    return known;
  }

  async #whyNot(found: Found, keyed: Keyed): Promise<MissReason> {
    if (found.kind === 'damaged') return { kind: 'damaged' };
    const before = await this.#parts.lastKeys.before(keyed.path);
    if (before === undefined) return { kind: 'new' };
    const parts = changedParts(before, keyed);
    return parts.length === 0 ? { kind: 'absent' } : { kind: 'changed', parts };
  }

  #miss({ id }: WorkNode, reason: MissReason, path: string): void {
    // The path of a file may hold a secret.
    const said = reason.kind === 'not-cacheable' ? { ...reason, why: this.#redactor?.text(reason.why) ?? reason.why } : reason;
    this.#parts.tally.miss(id, said, path);
  }

  async #entryOf(node: WorkNode, { iterations }: Task, outcome: IterationOutcome, at: number): Promise<Entry[]> {
    const keyed = this.#keys.get(iterations[at] as Iteration);
    if (keyed === undefined || outcome.status !== 'completed') return [];
    if (keyed.files !== undefined && !(await areUnchanged(keyed.files))) {
      this.#parts.tally.notStored(node.id, 'a file was written while it was read');
      return [];
    }
    const blob = toBlob(outcome);
    if (blob === undefined) {
      this.#parts.tally.notStored(node.id, 'it was skipped, wrote a variable or gave shared memory');
      return [];
    }
    if (this.#redactor?.containsSecret(blob) !== true) return [{ key: keyed.key, blob }];
    this.#parts.tally.notStored(node.id, 'a secret is in it');
    return [];
  }
}

interface Asked {
  readonly reader: Reader;
  readonly definition: Known;
  readonly task: Task;
  readonly iteration: Iteration;
}

const nothing: Found = { kind: 'absent' };
const fewIterations = 16;
/** An entry costs a few tenths of a millisecond. */
const leastWorkMs = 0.02;
const changedCode = 'its code was changed after it had been loaded';
