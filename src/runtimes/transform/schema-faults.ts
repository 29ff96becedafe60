import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FlowError } from '../../errors/flow-error.js';
import type { WorkNode } from '../../types/ast.js';
import { isEvaluable } from '../../types/source.js';
import { isInlineSchema } from '../inline-schema.js';
import { compileText, readSchema } from './read-schema.js';

/**
 * A fault for each `transform:validate` whose schema is not there or is none, in the order given. A file that a node of the flow may
 * write first is not looked at, nor what can be read only once.
 */
export async function findSchemaFaults(nodes: readonly WorkNode[], flowDirectory: string): Promise<FlowError[]> {
  const validating = nodes.filter(
    ({ type, settings }) => type === 'transform:validate' && typeof settings['schema'] === 'string',
  );
  if (validating.length === 0) return [];
  const written = writtenPaths(nodes, flowDirectory);
  const known = new Map<string, Promise<FlowError | undefined>>();
  const faults: FlowError[] = [];
  for (const { id, at, settings } of validating) {
    const schema = String(settings['schema']);
    if (written.has(resolve(flowDirectory, schema))) continue;
    const looked = known.get(schema) ?? lookAt(schema, flowDirectory);
    known.set(schema, looked);
    const fault = await looked;
    if (fault !== undefined) faults.push(fault.located({ nodeId: id, source: at }));
  }
  return faults;
}

/** Of files whose paths are known before the run. */
function writtenPaths(nodes: readonly WorkNode[], flowDirectory: string): ReadonlySet<string> {
  const paths = nodes.flatMap(({ type, settings: { path } }) => {
    return type === 'sink:file' && isEvaluable(path) ? [path.source.text.trim()] : [];
  });
  return new Set(paths.map((path) => resolve(flowDirectory, path)));
}

async function lookAt(schema: string, flowDirectory: string): Promise<FlowError | undefined> {
  if (!isInlineSchema(schema) && (await flows(resolve(flowDirectory, schema)))) return undefined;
  try {
    await compileText(await readSchema(schema, { flowDirectory, signal: new AbortController().signal }));
    return undefined;
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}

/** Whether it is a pipe or the like, which the run is to read. */
async function flows(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
