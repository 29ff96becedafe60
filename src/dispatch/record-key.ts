import type { TaskRecord } from './types.js';

/** Under which an iteration's outcome is noted. */
export function recordKey(
  { base, prefix, isIndexed }: Omit<TaskRecord, 'digestOf'>,
  index: number | undefined,
  digest: string,
): string {
  return `${base}${prefix}${isIndexed ? `[${index}]/` : ''}|${digest}`;
}
