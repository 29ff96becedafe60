import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FlowError } from '../../errors/flow-error.js';
import type { WorkNode } from '../../types/ast.js';
import { isEvaluable } from '../../types/source.js';
import { builtInTypes } from '../built-in-types.js';
import { isInlineSchema } from '../inline-schema.js';
import { registry } from '../registry.js';
import { compileText, parseSchema, readSchema } from './read-schema.js';

/** `read` spares a run the compiling, which its node does anyway. */
export type SchemaCheck = 'read' | 'compile';

interface SchemaFindings {
  readonly faults: readonly FlowError[];
  readonly warnings: readonly FlowError[];
}

type Finding = { readonly kind: 'good' } | { readonly kind: 'absent' | 'unusable'; readonly fault: FlowError };

/**
 * What is wrong with the schemas of `transform:validate`, in the order given. A file that a node of the flow writes is not looked at, nor
 * what can be read only once; of one that is not there and may be made by a node, it is only warned.
 */
export async function checkSchemas(
  nodes: readonly WorkNode[],
  flowDirectory: string,
  check: SchemaCheck,
): Promise<SchemaFindings> {
  const faults: FlowError[] = [];
  const warnings: FlowError[] = [];
  const validating = nodes.filter(
    ({ type, settings }) => type === 'transform:validate' && typeof settings['schema'] === 'string',
  );
  if (validating.length === 0) return { faults, warnings };
  const written = writtenPaths(nodes, flowDirectory);
  const mayWrite = nodes.some(mayWriteAnyFile);
  const known = new Map<string, Promise<Finding>>();
  for (const { id, at, settings } of validating) {
    const schema = String(settings['schema']);
    if (!isInlineSchema(schema) && written.has(resolve(flowDirectory, schema))) continue;
    const looked = known.get(schema) ?? lookAt(schema, flowDirectory, check);
    known.set(schema, looked);
    const found = await looked;
    if (found.kind === 'good') continue;
    const place = { nodeId: id, source: at };
    if (found.kind === 'absent' && mayWrite) warnings.push(notYetThere(schema, found.fault).located(place));
    else faults.push(found.fault.located(place));
  }
  return { faults, warnings };
}

/** Of files whose paths are known before the run. */
function writtenPaths(nodes: readonly WorkNode[], flowDirectory: string): ReadonlySet<string> {
  const paths = nodes.flatMap((node) => pathWritten(node) ?? []);
  return new Set(paths.map((path) => resolve(flowDirectory, path)));
}

function pathWritten({ type, settings: { path } }: WorkNode): string | undefined {
  return type === 'sink:file' && isEvaluable(path) ? path.source.text.trim() : undefined;
}

/** Code of others may do anything, and a computed path may be any. */
function mayWriteAnyFile(node: WorkNode): boolean {
  if (!builtInTypes.has(node.type) || registry.isReplaced(node.type)) return true;
  return pathWritten(node)?.includes('{{') ?? false;
}

function notYetThere(schema: string, fault: FlowError): FlowError {
  const hint = `${fault.hint} If a node of the flow makes it first, all is well.`;
  return new FlowError('FILE_UNREADABLE', `The schema ${schema} is not there yet`, { hint });
}

async function lookAt(schema: string, flowDirectory: string, check: SchemaCheck): Promise<Finding> {
  const state = isInlineSchema(schema) ? 'there' : await stateOf(resolve(flowDirectory, schema));
  if (state === 'flowing') return { kind: 'good' };
  try {
    const text = await readSchema(schema, { flowDirectory, signal: new AbortController().signal });
    if (check === 'compile') await compileText(text);
    else parseSchema(text);
    return { kind: 'good' };
  } catch (error) {
    if (error instanceof FlowError) return { kind: state === 'absent' ? 'absent' : 'unusable', fault: error };
    throw error;
  }
}

/** `flowing` is a pipe or the like, which the run is to read. */
async function stateOf(file: string): Promise<'there' | 'absent' | 'flowing'> {
  try {
    const found = await stat(file);
    return found.isFile() || found.isDirectory() ? 'there' : 'flowing';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'there';
  }
}
