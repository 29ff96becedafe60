import type { PackedRecord } from './messages.js';
import type { Iteration, Task, TaskRecord } from './types.js';

/** Under which an iteration's outcome is noted. */
export function recordKey(
  { base, prefix, isIndexed }: Omit<TaskRecord, 'digestOf'>,
  index: number | undefined,
  digest: string,
): string {
  return `${base}${prefix}${isIndexed ? `[${index}]/` : ''}|${digest}`;
}

/** How a thread notes what it has finished; `positions` where it cannot tell the iterations apart by itself. */
export function packRecord(
  { record, iterations }: Pick<Task, 'record' | 'iterations'>,
  positions?: readonly number[],
): PackedRecord | undefined {
  if (record === undefined) return undefined;
  const { digestOf, ...packed } = record;
  if (positions === undefined) return packed;
  const sent = positions.map((position) => iterations[position] as Iteration);
  return { ...packed, keys: sent.map((each) => recordKey(packed, each.index, digestOf(each))) };
}
