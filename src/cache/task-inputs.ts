import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runInputName } from '../dispatch/slice-names.js';
import type { Iteration, Task } from '../dispatch/types.js';
import type { ContextName } from '../keys/asked-context.js';
import type { KeyPart } from '../keys/definition.js';
import { stampOf } from '../keys/module-code.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import { filesOf } from '../runtimes/source/file.js';
import { type Projection, type ReadSet, toReadSet } from '../state/index.js';
import { reveal } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';
import type { WorkNode } from '../types/ast.js';
import type { TemplateSource } from '../types/source.js';
import type { Analysis } from '../validation/index.js';
import { type Leaf, leavesOf, lookupIn, orderLeaves, readLeaves } from './read-slices.js';
import type { ValueHashes } from './value-hashes.js';

/** A node, and what of its surroundings it may see. */
export interface Reader {
  readonly node: WorkNode;
  readonly reads: ReadSet;
  /** What its code may ask of the context. */
  readonly context: ReadonlySet<ContextName>;
  readonly analysis: Analysis;
}

export function readerOf(node: WorkNode, context: ReadonlySet<ContextName>, analysis: Analysis): Reader {
  return { node, reads: toReadSet(analysis.reads.get(node.id) ?? []), context, analysis };
}

/** A part of what a node is given. */
export interface InputPart extends KeyPart {
  /** Tells it from all others, as its name may not. */
  readonly key: string;
}

export interface Inputs {
  readonly parts: readonly InputPart[];
  /** Files that the node reads once more by itself. */
  readonly files: StampedFiles | undefined;
}

/**
 * All that a node is given, part by part; of secrets nothing.
 * @throws what makes the node fail as well, or leaves open what it reads
 */
export async function inputParts(reader: Reader, task: Task, iteration: Iteration, hashes: ValueHashes): Promise<Inputs> {
  const leaves = [...inputLeaves(reader, iteration), ...contextLeaves(reader, task, iteration)];
  for (const [name, projection] of reader.reads.names) leaves.push(...namedLeaves(name, projection, task, iteration));
  for (const [id, projection] of reader.reads.nodes) leaves.push(...wholeLeaves(id, projection, task, iteration));
  const parts = leaves.map(({ name, key, value }) => ({ name, key, hash: hashes.of(value) }));
  const path = filePathOf(reader, task, iteration);
  if (path === undefined) return { parts, files: undefined };
  const files = await stampFiles(path, task.run.flowDirectory);
  return { parts: [...parts, ...(await fileParts(path, task.run.flowDirectory))], files };
}

function inputLeaves({ node, reads }: Reader, { input }: Iteration): Leaf[] {
  const isSource = node.type.startsWith('source:') && builtInTypes.has(node.type);
  const isTaken = reads.names.has('input') || (node.input === undefined && !isSource);
  return isTaken ? [named('the input', input)] : [];
}

/** What code asks of its context by name. */
function contextLeaves({ context, node }: Reader, { run }: Task, { index, branch, item }: Iteration): Leaf[] {
  const offered = { index, branch, item, runId: run.runId, nodeId: node.id };
  const names = (['index', 'branch', 'item', 'runId', 'nodeId'] as const).filter((name) => context.has(name));
  const leaves = names.map((name) => named(`context.${name}`, offered[name]));
  return context.has('config') ? [...leaves, ...fieldLeaves(run.config, 'config')] : leaves;
}

function named(name: string, value: unknown): Leaf {
  return { name, key: name, value };
}

/** Of a value that is read whole. */
function fieldLeaves(value: unknown, label: string): Leaf[] {
  return [...orderLeaves(value, [label]), ...leavesOf(value, everyField(value), label)];
}

function everyField(value: unknown): Projection {
  return isPlainObject(value) ? new Map(Object.keys(value).map((name) => [name, 'all'])) : 'all';
}

function namedLeaves(name: string, projection: Projection, task: Task, iteration: Iteration): Leaf[] {
  const { run } = task;
  switch (name) {
    case 'input':
    case 'secrets':
      return [];
    case 'config':
    case 'env':
      return projection === 'all' ? fieldLeaves(run[name], name) : leavesOf(run[name], projection, name);
    case 'run':
      return runLeaves(projection, task, iteration);
    default:
      return wholeLeaves(name, projection, task, iteration);
  }
}

function runLeaves(projection: Projection, task: Task, iteration: Iteration): Leaf[] {
  const { runId: id, startedAt } = task.run;
  const isRead = (field: string): boolean => projection === 'all' || projection.has(field);
  const own = Object.entries({ id, startedAt }).filter(([field]) => isRead(field));
  const ofInput = projection === 'all' ? 'all' : projection.get('input');
  const input = ofInput === undefined ? [] : readLeaves(task, iteration, runInputName, ofInput, 'run.input');
  return [...own.map(([field, value]) => named(`run.${field}`, value)), ...input];
}

/** Of what is read whole each field for itself: whether one of them travels apart must not show. */
function wholeLeaves(name: string, projection: Projection, task: Task, iteration: Iteration): Leaf[] {
  const [first] = projection === 'all' ? readLeaves(task, iteration, name, 'all') : [];
  if (first?.name !== name) return readLeaves(task, iteration, name, projection);
  return [...orderLeaves(first.value, [name]), ...readLeaves(task, iteration, name, everyField(first.value))];
}

/** What a built-in node reads from. */
function filePathOf({ node, analysis }: Reader, task: Task, iteration: Iteration): string | undefined {
  if (node.type !== 'source:file' || !builtInTypes.has(node.type)) return undefined;
  const own = node.input && analysis.compiled.get(node.input);
  const bodyInput = (): unknown => reveal(iteration.input);
  const input = own ? () => own.evaluate(lookupIn(task, iteration, bodyInput)) : bodyInput;
  const template = analysis.compiled.get(node.settings['path'] as TemplateSource);
  return String(template?.evaluate(lookupIn(task, iteration, input)));
}

/** The content of files. */
async function fileParts(path: string, flowDirectory: string): Promise<InputPart[]> {
  const matches = await filesOf(path, flowDirectory);
  const count = 'the number of files';
  const parts: InputPart[] = [{ name: count, key: count, hash: String(matches?.length ?? 'one') }];
  for (const file of matches ?? [path]) {
    const name = `the file ${file}`;
    parts.push({ name, key: name, hash: await hashFile(resolve(flowDirectory, file)) });
  }
  return parts;
}

/** Files as they were at some moment. */
export interface StampedFiles {
  readonly path: string;
  readonly flowDirectory: string;
  readonly stamps: readonly string[];
}

async function stampFiles(path: string, flowDirectory: string): Promise<StampedFiles> {
  const files = (await filesOf(path, flowDirectory)) ?? [path];
  const stamps: string[] = [];
  for (const file of files) stamps.push(`${file} ${await stampOf(resolve(flowDirectory, file))}`);
  return { path, flowDirectory, stamps };
}

/** Whether the same files are there, and none has been written since. Never rejects. */
export async function areUnchanged({ path, flowDirectory, stamps }: StampedFiles): Promise<boolean> {
  const now = await stampFiles(path, flowDirectory).catch(() => undefined);
  return now?.stamps.join('\n') === stamps.join('\n');
}

/** @throws also for what is no regular file: a pipe would be used up, and may never end */
async function hashFile(file: string): Promise<string> {
  if (!(await stat(file)).isFile()) throw new Error(`${file} is no regular file`);
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(chunk as Uint8Array);
  return sum.digest('hex');
}
