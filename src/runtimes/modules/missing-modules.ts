import { resolve } from 'node:path';
import { FlowError } from '../../errors/flow-error.js';
import type { WorkNode } from '../../types/ast.js';
import { assertFile } from './assert-file.js';

/** A fault for each node whose module file is not there, in the order given. Nothing is loaded. */
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
    return undefined;
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}
