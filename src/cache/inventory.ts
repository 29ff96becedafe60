import { stat } from 'node:fs/promises';
import { FlowError } from '../errors/flow-error.js';
import { loadCacache, type Metadata, markPrefix } from './store.js';

/** One result in a cache. */
export interface CacheEntry {
  readonly key: string;
  readonly flow: string;
  readonly node: string;
  readonly sizeBytes: number;
  /** When it was written, in epoch milliseconds. */
  readonly writtenAt: number;
  /** When it, or one that lies in the same file, was written or found by a run. */
  readonly usedAt: number;
  /** The file it lies in, with others that were written together. */
  readonly file: string;
  readonly fileBytes: number;
}

/**
 * Results, those used last first. Empty when there is no cache.
 * @throws FlowError FILE_UNREADABLE
 */
export async function listEntries(folder: string): Promise<CacheEntry[]> {
  const { ls } = await loadCacache();
  const list = ls as unknown as (folder: string) => Promise<Readonly<Record<string, Listed>>>;
  const all = await list(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const found = Object.values(all).filter(({ key }) => !key.startsWith(markPrefix));
  const usedAt = await timesOfUse(found);
  return found.map((listed) => toEntry(listed, usedAt)).sort((a, b) => b.usedAt - a.usedAt || b.writtenAt - a.writtenAt);
}

/** Runs pass over what they cannot read; who looks after a cache is told. */
function unreadable(folder: string, error: unknown): FlowError {
  const why = error instanceof Error ? error.message : String(error);
  return new FlowError('FILE_UNREADABLE', `the cache in ${folder} cannot be read as a whole: ${why}`, {
    hint: 'Remove what is in the way, or the whole folder: what it holds is computed anew.',
  });
}

/** By file. What runs find, `CacheStore` touches. */
async function timesOfUse(found: readonly Listed[]): Promise<ReadonlyMap<string, number>> {
  const files = [...new Set(found.map(({ path }) => path))];
  const times = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
      return [file, mtimeMs] as const;
    }),
  );
  return new Map(times);
}

interface Listed {
  readonly key: string;
  readonly integrity: string;
  readonly path: string;
  readonly time: number;
  readonly size?: number;
  readonly metadata: Metadata;
}

function toEntry({ key, integrity, path, time, size, metadata }: Listed, times: ReadonlyMap<string, number>): CacheEntry {
  const { flow, node, size: sizeBytes } = metadata;
  const usedAt = Math.max(time, Math.floor(times.get(path) ?? 0));
  return { key, flow, node, sizeBytes, writtenAt: time, usedAt, file: integrity, fileBytes: size ?? sizeBytes };
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
  /** Results that nobody has used since are removed. Epoch milliseconds. */
  readonly before?: number | undefined;
  /** Those that were not used for longest are removed until the files take no more. */
  readonly maxBytes?: number | undefined;
}

/** Removes results that were not used for long, and damaged ones with them. Without limits all there are. */
export async function pruneCache(folder: string, { before, maxBytes }: PruneLimits): Promise<Clearance> {
  if (before === undefined && maxBytes === undefined) return clear(folder, () => false);
  const young = (await listEntries(folder)).filter(({ usedAt }) => before === undefined || usedAt >= before);
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
  const { reclaimedSize: freedBytes } = await run(folder, { filter: ({ key }: Listed) => keep(key) }).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const kept = await listEntries(folder);
  const left = new Set(kept.map(({ key }) => key));
  return { kept, removed: before.filter(({ key }) => !left.has(key)), freedBytes };
}
