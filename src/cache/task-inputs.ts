import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { runInputName } from '../dispatch/scope.js';
import type { Iteration, Task } from '../dispatch/types.js';
import type { KeyPart } from '../keys/definition.js';
import { builtInTypes } from '../runtimes/built-in-types.js';
import { filesOf } from '../runtimes/source/file.js';
import { type Projection, type ReadSet, toReadSet } from '../state/index.js';
import { reveal } from '../transport/snapshot.js';
import { isPlainObject } from '../transport/survey.js';
import type { WorkNode } from '../types/ast.js';
import type { TemplateSource } from '../types/source.js';
import type { Analysis } from '../validation/index.js';
import { type Leaf, leavesOf, lookupIn, readLeaves } from './read-slices.js';
import type { ValueHashes } from './value-hashes.js';

/** A node, and what of its surroundings it may see. */
export interface Reader {
  readonly node: WorkNode;
  readonly reads: ReadSet;
  /** Names that its code may ask of the context. */
  readonly words: ReadonlySet<string>;
  readonly analysis: Analysis;
}

export function readerOf(node: WorkNode, words: ReadonlySet<string>, analysis: Analysis): Reader {
  return { node, reads: toReadSet(analysis.reads.get(node.id) ?? []), words, analysis };
}

/**
 * All that a node is given, part by part; of secrets nothing.
 * @throws what makes the node fail as well, or leaves open what it reads
 */
export async function inputParts(reader: Reader, task: Task, iteration: Iteration, hashes: ValueHashes): Promise<KeyPart[]> {
  const leaves = [...inputLeaves(reader, iteration), ...contextLeaves(reader, task, iteration)];
  for (const [name, projection] of reader.reads.names) leaves.push(...namedLeaves(name, projection, task, iteration));
  for (const [id, projection] of reader.reads.nodes) leaves.push(...wholeLeaves(id, projection, task, iteration));
  const parts = leaves.map(({ name, value }) => ({ name, hash: hashes.of(value) }));
  return [...parts, ...(await fileParts(reader, task, iteration))];
}

function inputLeaves({ node, reads }: Reader, { input }: Iteration): Leaf[] {
  const isSource = node.type.startsWith('source:') && builtInTypes.has(node.type);
  const isTaken = reads.names.has('input') || (node.input === undefined && !isSource);
  return isTaken ? [{ name: 'the input', value: input }] : [];
}

/** What code asks of its context by name. */
function contextLeaves({ words, node }: Reader, { run }: Task, { index, branch, item }: Iteration): Leaf[] {
  const offered: Readonly<Record<string, unknown>> = { index, branch, item, runId: run.runId, nodeId: node.id };
  const own = Object.entries(offered).filter(([name]) => words.has(name));
  const leaves = own.map(([name, value]) => ({ name: `context.${name}`, value }));
  return words.has('config') ? [...leaves, ...leavesOf(run.config, everyField(run.config), 'config')] : leaves;
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
      return leavesOf(run[name], projection === 'all' ? everyField(run[name]) : projection, name);
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
  return [...own.map(([field, value]) => ({ name: `run.${field}`, value })), ...input];
}

/** Of what is read whole each field for itself: whether one of them travels apart must not show. */
function wholeLeaves(name: string, projection: Projection, task: Task, iteration: Iteration): Leaf[] {
  const [first] = projection === 'all' ? readLeaves(task, iteration, name, 'all') : [];
  return readLeaves(task, iteration, name, first?.name === name ? everyField(first.value) : projection);
}

/** The content of files that a built-in node reads. */
async function fileParts({ node, analysis }: Reader, task: Task, iteration: Iteration): Promise<KeyPart[]> {
  if (node.type !== 'source:file' || !builtInTypes.has(node.type)) return [];
  const own = node.input && analysis.compiled.get(node.input);
  const bodyInput = (): unknown => reveal(iteration.input);
  const input = own ? () => own.evaluate(lookupIn(task, iteration, bodyInput)) : bodyInput;
  const template = analysis.compiled.get(node.settings['path'] as TemplateSource);
  const path = String(template?.evaluate(lookupIn(task, iteration, input)));
  const { flowDirectory } = task.run;
  const matches = await filesOf(path, flowDirectory);
  const parts: KeyPart[] = [{ name: 'the number of files', hash: String(matches?.length ?? 'one') }];
  for (const file of matches ?? [path]) {
    parts.push({ name: `the file ${file}`, hash: await hashFile(resolve(flowDirectory, file)) });
  }
  return parts;
}

async function hashFile(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(chunk as Uint8Array);
  return sum.digest('hex');
}
