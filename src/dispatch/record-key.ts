import type { PackedRecord } from './messages.js';
import type { Iteration, Task, TaskRecord } from './types.js';

/** What the key of an iteration ends in: where it is, and what tells its values from others. */
export function recordEnd(
  { prefix, isIndexed }: Pick<TaskRecord, 'prefix' | 'isIndexed'>,
  index: number | undefined,
  digest: string,
): string {
  return `${prefix}${isIndexed ? `[${index}]/` : ''}|${digest}`;
}

/** Under which an iteration's outcome is noted. */
export function recordKey({ base }: Pick<TaskRecord, 'base'>, end: string): string {
  return base + end;
}

/** Under which is noted what its nodes from `from` on did, up to the last that `front` stands for. */
export function frontKey(front: string, from: number, end: string): string {
  return `from ${from} ${front}${end}`;
}

/** How a thread notes what it has finished; `positions` where it cannot tell the iterations apart by itself. */
export function packRecord(
  { record, iterations, nodeIds }: Pick<Task, 'record' | 'iterations' | 'nodeIds'>,
  positions?: readonly number[],
): PackedRecord | undefined {
  if (record === undefined) return undefined;
  const { digestOf, frontsOf, ...packed } = record;
  const fronts = nodeIds.length > 1 ? frontsOf() : undefined;
  const sent = positions?.map((position) => iterations[position] as Iteration);
  return { ...packed, fronts, ends: sent?.map((each) => recordEnd(packed, each.index, digestOf(each))) };
}
