import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalText } from '../expressions/index.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import { isInlineSchema } from '../runtimes/inline-schema.js';
import type { WorkNode } from '../types/ast.js';
import { isEvaluable } from '../types/source.js';
import { askedContext } from './asked-context.js';
import type { CodeBook } from './code-book.js';
import type { Definition, KeyPart } from './definition.js';
import { hashDataFile } from './hash-file.js';
import { hashValue } from './hash-value.js';
import type { ModuleCode } from './module-code.js';

/**
 * Raised when a built-in node, an expression or the form of what is stored comes to mean something else: results of
 * earlier versions are not used from then on.
 */
const formatVersion = 2;

export interface DefinitionOptions {
  readonly code: CodeBook;
  readonly flowDirectory: string;
  /** URLs of the modules that registered node types. */
  readonly plugins: readonly string[];
  /** Whether a built-in type was replaced by a plugin's. */
  readonly isReplaced: (type: string) => boolean;
}

type Known = Extract<Definition, { kind: 'known' }>;

/** What the nodes of one run do. Files are read when a node is first asked for. */
export class Definitions {
  readonly #options: DefinitionOptions;
  readonly #nodes = new Map<WorkNode, Promise<Definition>>();

  constructor(options: DefinitionOptions) {
    this.#options = options;
  }

  /** The definition of nodes that run in order as one task. Never rejects. */
  async definitionOf(nodes: readonly WorkNode[]): Promise<Definition> {
    const definitions = await Promise.all(nodes.map((node) => this.#ofNode(node)));
    const unknown = definitions.find(({ kind }) => kind === 'unknown');
    const [first, ...rest] = definitions;
    if (unknown !== undefined || first === undefined || rest.length === 0) return unknown ?? first ?? nothing;
    return combine(definitions as Known[], nodes);
  }

  #ofNode(node: WorkNode): Promise<Definition> {
    const known = this.#nodes.get(node) ?? this.#define(node).catch(unreadable);
    this.#nodes.set(node, known);
    return known;
  }

  async #define(node: WorkNode): Promise<Definition> {
    const { plugins, isReplaced, flowDirectory } = this.#options;
    const isOfPlugin = isReplaced(node.type) || !(builtInTypes.has(node.type) || node.type === 'transform:module');
    if (isOfPlugin && plugins.length === 0) return { kind: 'unknown', why: `no plugin holds the code of ${node.type}` };
    const code = await Promise.all(this.#modulesOf(node, isOfPlugin).map((file) => this.#options.code.read(file)));
    const own = [...settingParts(node), ...(await this.#schemaParts(node))];
    const version = { name: "FlowScript's format version", hash: String(formatVersion) };
    const parts = [version, { name: 'the type', hash: node.type }, ...own];
    return {
      kind: 'known',
      key: hashValue([parts, code.map(({ hash }) => hash)]),
      parts: [...parts, ...code.flatMap((each) => codeParts(each, flowDirectory))],
      context: askedContext(code),
      files: code.flatMap(({ files }) => files.map(({ path }) => path)),
    };
  }

  /** The module that a node calls, or all plugins: whichever of them registered its type. */
  #modulesOf({ type, settings }: WorkNode, isOfPlugin: boolean): readonly string[] {
    const { plugins, flowDirectory } = this.#options;
    if (isOfPlugin) return plugins.map((url) => fileURLToPath(url));
    return type === 'transform:module' ? [resolve(flowDirectory, String(settings['src']))] : [];
  }

  async #schemaParts({ type, settings }: WorkNode): Promise<KeyPart[]> {
    const { schema } = settings;
    if (type !== 'transform:validate' || typeof schema !== 'string' || isInlineSchema(schema)) return [];
    return [{ name: 'the schema file', hash: await hashDataFile(resolve(this.#options.flowDirectory, schema)) }];
  }
}

const nothing: Definition = { kind: 'unknown', why: 'there is no node' };

function unreadable(error: unknown): Definition {
  return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
}

/** Settings that name a file, which counts by what is in it. */
const pathSettings: Readonly<Record<string, string>> = { 'transform:module': 'src' };

function settingParts({ type, settings, input, when }: WorkNode): KeyPart[] {
  const parts: KeyPart[] = [];
  for (const [name, value] of Object.entries({ ...settings })) {
    if (value === undefined || pathSettings[type] === name) continue;
    parts.push({ name: `setting \`${name}\``, hash: hashValue(spelled(value)) });
  }
  if (input !== undefined) parts.push({ name: 'the expression `input`', hash: hashValue(normalText(input)) });
  if (when !== undefined) parts.push({ name: 'the expression `when`', hash: hashValue(normalText(when)) });
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A setting with its expressions in their normal form, marked so that no literal can look like one. */
function spelled(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isEvaluable(value)) return new Map([[value.kind, ['binds' in value ? value.binds : [], normalText(value)]]]);
  if (Array.isArray(value)) return value.map(spelled);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, spelled(field)]));
}

/** Named for people, by file; how files hang together is in the hash of the whole. */
function codeParts({ files, packages }: ModuleCode, flowDirectory: string): KeyPart[] {
  return [
    ...files.map(({ path, hash }) => ({ name: `code of ${relative(flowDirectory, path).split(sep).join('/')}`, hash })),
    ...packages.map((label) => ({ name: `package ${label.replace(/(.)@.*$/, '$1')}`, hash: label })),
  ];
}

/** Nodes of one task see one another's outputs by id, so ids that occur in their expressions count. */
function combine(definitions: readonly Known[], nodes: readonly WorkNode[]): Definition {
  const texts = nodes.map(({ settings, input, when }) => JSON.stringify([settings, input, when], leavePlaces)).join();
  const words = new Set(texts.match(/[\w.-]+/g)?.flatMap((word) => [word, ...word.split('.')]));
  const ids = nodes.map(({ id }) => (words.has(id) || words.has('nodes') ? id : null));
  return {
    kind: 'known',
    key: hashValue([definitions.map(({ key }) => key), ids]),
    parts: definitions.flatMap(({ parts }, at) => parts.map((part) => ({ ...part, name: `${nodes[at]?.id}: ${part.name}` }))),
    context: new Set(definitions.flatMap(({ context }) => [...context])),
    files: [...new Set(definitions.flatMap(({ files }) => files))],
  };
}

function leavePlaces(key: string, value: unknown): unknown {
  return key === 'marks' || key === 'file' ? undefined : value;
}
