import { Snapshot } from '../transport/snapshot.js';
import type { Slice, Task } from './types.js';

/** Values looked at before data counts as large. */
const fewValues = 500;
const smallBytes = 64 * 1024;

/** Whether a task's data is so small that even a slow expression is done with it soon. Looks at no more than it must. */
export function hasSmallData({ shared, iterations }: Task): boolean {
  if (iterations.length > fewValues) return false;
  const roots = iterations.flatMap(({ input, item, slice }) => [input, item, slice.names, slice.nodes, ...snapshotsOf(slice)]);
  const waiting: unknown[] = [shared.names, shared.nodes, ...snapshotsOf(shared), ...roots];
  let bytes = 0;
  for (let looked = 0; waiting.length > 0; looked++) {
    const value = waiting.pop();
    bytes += bytesOf(value);
    if (looked + waiting.length + countOf(value) > fewValues + roots.length || bytes > smallBytes) return false;
    waiting.push(...partsOf(value));
  }
  return true;
}

function snapshotsOf({ held = [] }: Slice): readonly Snapshot[] {
  return held.map(({ snapshot }) => snapshot);
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Snapshot) return Number.POSITIVE_INFINITY;
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : 0;
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map || value instanceof Set ? value.size : 0;
}

function partsOf(value: unknown): Iterable<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (Array.isArray(value) || value instanceof Set) return value;
  return value instanceof Map ? [...value].flat() : fieldsOf(value);
}

/** A getter or a Proxy may throw when it is looked at: that is for the encoding to tell. */
function fieldsOf(value: object): readonly unknown[] {
  try {
    return Object.values(value);
  } catch {
    return [];
  }
}
