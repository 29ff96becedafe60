import { builtInTypes } from '../runtimes/built-in-types.js';
import type { TransformPromises } from '../runtimes/modules/pick-transform.js';
import type { ModuleConfig, ModuleRuntime } from '../runtimes/transform/module.js';
import { decode, encodeShallow } from '../transport/encode.js';
import { PartViews } from '../transport/part-views.js';
import type { WorkNode } from '../types/ast.js';
import { type Evaluable, isEvaluable } from '../types/source.js';
import { type EncodedPackage, PackageNodes } from './encoded-package.js';
import { RunJournal } from './run-journal.js';
import type { CompiledSetting, Lookup, RunPackage, TaskEnvironment } from './types.js';

/** A node with its expressions compiled. */
export interface PreparedNode {
  readonly node: WorkNode;
  readonly when: CompiledSetting | undefined;
  readonly input: CompiledSetting | undefined;
  /** The node's `config`, every evaluable replaced. */
  settings(lookup: Lookup): Readonly<Record<string, unknown>>;
  /** User code: it may change what it is given, so it is given copies. */
  readonly isUserCode: boolean;
  /** What it returns shares nothing with what it read. */
  readonly givesOwnOutput: boolean;
  /** Text of all its expressions. */
  readonly text: string;
  /** Whether it does something that others can see and that must not be done again: nobody knows it of user code. */
  readonly acts: 'surely' | 'maybe' | 'never';
}

type Resolve = (lookup: Lookup) => unknown;

/** A run's package inside a worker: its expressions are compiled once, when a node first runs. */
export class PreparedPackage {
  /** All but its nodes. */
  readonly run: Omit<RunPackage, 'nodes'>;
  readonly environment: TaskEnvironment;
  /** Where finished work is noted. */
  readonly journal: RunJournal | undefined;
  /** What this thread has decoded of large values. */
  readonly views = new PartViews();
  readonly #nodes: PackageNodes;
  readonly #prepared = new Map<string, PreparedNode>();

  /** The package is this worker's own, its config frozen. */
  constructor(encoded: EncodedPackage, environment: TaskEnvironment) {
    const run = decode(encoded.rest) as Omit<RunPackage, 'nodes'>;
    freezeDeep(run.config);
    freezeDeep(run.secrets);
    this.run = run;
    this.#nodes = new PackageNodes(encoded);
    this.environment = environment;
    this.journal = run.record && new RunJournal(run.record, run);
  }

  /** What the module of a node has promised; undefined as long as it is not loaded. */
  promisesOf({ settings }: WorkNode, runtime: ModuleRuntime): TransformPromises | undefined {
    return runtime.loaded(settings as unknown as ModuleConfig, this.run.flowDirectory);
  }

  /**
   * Loads the module of a node to learn that.
   * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
   */
  loadPromises({ settings }: WorkNode, runtime: ModuleRuntime): Promise<TransformPromises> {
    return runtime.load(settings as unknown as ModuleConfig, this.run.flowDirectory);
  }

  /** A node as its author wrote it. */
  workNode(id: string): WorkNode | undefined {
    return this.#nodes.get(id);
  }

  /** @throws FlowError from the compiler; TypeError when the package has no such node */
  node(id: string): PreparedNode {
    const known = this.#prepared.get(id);
    if (known !== undefined) return known;
    const node = this.workNode(id);
    if (node === undefined) throw new TypeError(`The run package has no node "${id}".`);
    const prepared = prepareNode(node, this.environment, this.views);
    this.#prepared.set(id, prepared);
    return prepared;
  }
}

/** A copy that shares nothing with the value. */
export function copyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? decode(encodeShallow(value, 'wrapped')) : value;
}

/** Of the built-in types, which never change what they are given, the ones that build their output anew unless an expression of the author picks it. */
const freshTypes = new Set([
  'source:file',
  'source:http',
  ...['parse', 'stringify', 'hash', 'compress', 'decompress'].map(transform),
]);

function transform(name: string): string {
  return `transform:${name}`;
}

function prepareNode(node: WorkNode, environment: TaskEnvironment, views: PartViews): PreparedNode {
  const isUserCode = !builtInTypes.has(node.type);
  const evaluables = [node.when, node.input, ...collectEvaluables(node.settings)].filter((each) => each !== undefined);
  const hasLambda = evaluables.some(({ kind }) => kind === 'lambda');
  return {
    node,
    when: node.when && environment.compileExpression(node.when),
    input: node.input && environment.compileExpression(node.input),
    settings: prepareSetting(
      node.settings,
      environment,
      isUserCode ? (value) => views.copy(value) : same,
    ) as PreparedNode['settings'],
    isUserCode,
    givesOwnOutput: isUserCode || (freshTypes.has(node.type) && !hasLambda),
    text: evaluables.map(({ source }) => source.text).join('\n'),
    acts: actsOf(node),
  };
}

/** What asks a server for nothing but to answer. */
const safeMethods: ReadonlySet<unknown> = new Set([undefined, 'GET', 'HEAD', 'OPTIONS']);

function actsOf({ type, settings }: WorkNode): PreparedNode['acts'] {
  if (!builtInTypes.has(type)) return 'maybe';
  if (type === 'source:http' && settings['body'] === undefined && safeMethods.has(settings['method'])) return 'never';
  return type === 'source:http' || type.startsWith('sink:') ? 'surely' : 'never';
}

function same(value: unknown): unknown {
  return value;
}

function prepareSetting(value: unknown, environment: TaskEnvironment, own: (value: unknown) => unknown): Resolve {
  if (typeof value !== 'object' || value === null) return () => value;
  if (isEvaluable(value)) return prepareEvaluable(value, environment, own);
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown) => prepareSetting(element, environment, own));
    return (lookup) => elements.map((element) => element(lookup));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return () => own(value);
  const entries = Object.entries(value).map(([name, setting]) => [name, prepareSetting(setting, environment, own)] as const);
  return (lookup) => Object.fromEntries(entries.map(([name, resolve]) => [name, resolve(lookup)]));
}

function prepareEvaluable(source: Evaluable, environment: TaskEnvironment, own: (value: unknown) => unknown): Resolve {
  if (source.kind === 'template') {
    const template = environment.compileTemplate(source);
    return (lookup) => own(template.evaluate(lookup));
  }
  const expression = environment.compileExpression(source);
  if (source.kind === 'expression') return (lookup) => own(expression.evaluate(lookup));
  return (lookup) => (bindings: Readonly<Record<string, unknown>>) =>
    own(expression.evaluate((name) => (Object.hasOwn(bindings, name) ? (bindings[name] ?? null) : lookup(name))));
}

function collectEvaluables(value: unknown): Evaluable[] {
  if (typeof value !== 'object' || value === null) return [];
  return isEvaluable(value) ? [value] : Object.values(value).flatMap(collectEvaluables);
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freezeDeep);
}
