import type { PackedFronts, PackedRecord } from './messages.js';
import type { Iteration, Task, TaskFronts, TaskRecord } from './types.js';

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

/** Under which is noted what its nodes from `from` on did, up to the last that the base of a front stands for. */
export function frontKey(base: string, from: number, end: string): string {
  return `from ${from} ${base}${end}`;
}

/** How a thread notes what it has finished; `positions` where it cannot tell the iterations apart by itself. */
export function packRecord(
  { record, iterations, nodeIds }: Pick<Task, 'record' | 'iterations' | 'nodeIds'>,
  positions?: readonly number[],
): PackedRecord | undefined {
  if (record === undefined) return undefined;
  const { digestOf, frontsOf, ...packed } = record;
  const sent = positions?.map((position) => iterations[position] as Iteration);
  const endOf = (iteration: Iteration, digest: string): string => recordEnd(packed, iteration.index, digest);
  const fronts = nodeIds.length > 1 ? packFronts(frontsOf(), sent, endOf) : undefined;
  return { ...packed, fronts, ends: sent?.map((each) => endOf(each, digestOf(each))) };
}

function packFronts(
  { bases, names, digestsOf }: TaskFronts,
  sent: readonly Iteration[] | undefined,
  endOf: (iteration: Iteration, digest: string) => string,
): PackedFronts {
  const endsOf = (iteration: Iteration): (string | 0)[] => {
    const digests = digestsOf(iteration);
    return digests.map((digest, at) => (digest === digests[at - 1] ? 0 : endOf(iteration, digest)));
  };
  return { bases, names, ends: sent?.map(endsOf) };
}
