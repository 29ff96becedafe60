import { extname, resolve } from 'node:path';
import { FlowError } from '../../errors/flow-error.js';
import type { WorkNode } from '../../types/ast.js';
import { assertFile } from './assert-file.js';

/** A fault for each node whose module file is not there or cannot be a module, in the order given. Nothing is loaded. */
export async function findMissingModules(nodes: Iterable<WorkNode>, flowDirectory: string): Promise<FlowError[]> {
  const known = new Map<string, Promise<FlowError | undefined>>();
  const faults: FlowError[] = [];
  for (const { id, type, at, settings } of nodes) {
    const { src } = settings;
    if (type !== 'transform:module' || typeof src !== 'string') continue;
    const missing = known.get(src) ?? lookFor(src, flowDirectory);
    known.set(src, missing);
    const fault = await missing;
    if (fault !== undefined) faults.push(fault.located({ nodeId: id, source: at }));
  }
  return faults;
}

async function lookFor(src: string, flowDirectory: string): Promise<FlowError | undefined> {
  try {
    await assertFile(resolve(flowDirectory, src), src, flowDirectory);
    return isCode(src) ? undefined : otherLanguage(src);
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}

/** Files without an extension are JavaScript to Node. */
function isCode(src: string): boolean {
  return ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'].includes(extname(src));
}

function otherLanguage(src: string): FlowError {
  return new FlowError('MODULE_INVALID', `"${src}" is no JavaScript or TypeScript.`, {
    hint: 'A module is a .js, .mjs, .cjs, .ts, .mts or .cts file. Data is read with <source:file>.',
  });
}
