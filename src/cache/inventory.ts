import { loadCacache, type Metadata, markPrefix } from './store.js';

/** One result in a cache. */
export interface CacheEntry {
  readonly key: string;
  readonly flow: string;
  readonly node: string;
  readonly sizeBytes: number;
  /** When it was written, in epoch milliseconds. */
  readonly writtenAt: number;
  /** The file it lies in, with others that were written together. */
  readonly file: string;
  readonly fileBytes: number;
}

/** Results by the time they were written, latest first. Empty when there is no cache. */
export async function listEntries(folder: string): Promise<CacheEntry[]> {
  const { ls } = await loadCacache();
  const list = ls as unknown as (folder: string) => Promise<Readonly<Record<string, Listed>>>;
  const found = Object.values(await list(folder)).filter(({ key }) => !key.startsWith(markPrefix));
  return found.map(toEntry).sort((a, b) => b.writtenAt - a.writtenAt);
}

interface Listed {
  readonly key: string;
  readonly integrity: string;
  readonly time: number;
  readonly size?: number;
  readonly metadata: Metadata;
}

function toEntry({ key, integrity, time, size, metadata }: Listed): CacheEntry {
  const { flow, node, size: sizeBytes } = metadata;
  return { key, flow, node, sizeBytes, writtenAt: time, file: integrity, fileBytes: size ?? sizeBytes };
}

/** What clearing up has found and done. */
export interface Clearance {
  readonly kept: readonly CacheEntry[];
  readonly removed: readonly CacheEntry[];
  /** Bytes on the disk that are free now. */
  readonly freedBytes: number;
}

/** Reads every result and removes those that are not as they were written, with all that belongs to none. */
export function verifyCache(folder: string): Promise<Clearance> {
  return clear(folder, () => true);
}

export interface PruneLimits {
  /** Results written before are removed. Epoch milliseconds. */
  readonly before?: number | undefined;
  /** The oldest results are removed until the files take no more. */
  readonly maxBytes?: number | undefined;
}

/** Removes old results, and damaged ones with them. Without limits all there are. */
export async function pruneCache(folder: string, { before, maxBytes }: PruneLimits): Promise<Clearance> {
  if (before === undefined && maxBytes === undefined) return clear(folder, () => false);
  const young = (await listEntries(folder)).filter(({ writtenAt }) => before === undefined || writtenAt >= before);
  const files = new Set<string>();
  let bytes = 0;
  const kept = new Set<string>();
  for (const { key, file, fileBytes } of young) {
    if (!files.has(file)) bytes += fileBytes;
    files.add(file);
    if (maxBytes !== undefined && bytes > maxBytes) break;
    kept.add(key);
  }
  return clear(folder, (key) => kept.has(key) || key.startsWith(markPrefix));
}

async function clear(folder: string, keep: (key: string) => boolean): Promise<Clearance> {
  const before = await listEntries(folder);
  const { verify } = await loadCacache();
  const run = verify as unknown as (folder: string, options: object) => Promise<{ readonly reclaimedSize: number }>;
  const { reclaimedSize: freedBytes } = await run(folder, { filter: ({ key }: Listed) => keep(key) });
  const kept = await listEntries(folder);
  const left = new Set(kept.map(({ key }) => key));
  return { kept, removed: before.filter(({ key }) => !left.has(key)), freedBytes };
}
