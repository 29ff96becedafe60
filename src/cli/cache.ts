import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { CacheEntry, Clearance } from '../cache/inventory.js';
import { FlowError } from '../errors/flow-error.js';
import { cacheFolder, stateDirectoryOf } from '../records/state-folder.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { formatAge, formatBytes } from './format-amount.js';

export interface CacheCommandOptions {
  readonly stateDir?: string;
  readonly json?: true;
}

export interface PruneCommandOptions extends CacheCommandOptions {
  /** Milliseconds. */
  readonly olderThan?: number;
  /** Bytes. */
  readonly maxSize?: number;
  readonly all?: true;
}

/** Lists what is in the cache, a line a node. */
export async function listCache(place: string, options: CacheCommandOptions): Promise<ExitCode> {
  const { listEntries } = await import('../cache/inventory.js');
  const folder = await folderOf(place, options);
  const entries = await listEntries(folder);
  if (options.json) write(JSON.stringify(entries, null, 2));
  else if (entries.length === 0) write(`The cache in ${shown(folder)} is empty.`);
  else write(renderEntries(entries, Date.now()).join('\n'));
  return exitCodes.done;
}

/** Checks what is in the cache. Fails when something was damaged, though it is removed then. */
export async function verifyEntries(place: string, options: CacheCommandOptions): Promise<ExitCode> {
  const { verifyCache } = await import('../cache/inventory.js');
  const folder = await folderOf(place, options);
  const clearance = await verifyCache(folder);
  if (options.json) write(renderClearance(clearance));
  else {
    const { kept, removed } = clearance;
    const verdict = removed.length === 0 ? 'none is damaged' : `${results(removed.length)} damaged and removed:`;
    write([`${results(kept.length + removed.length)} in ${shown(folder)}: ${verdict}`, ...namesOf(removed)].join('\n'));
  }
  return clearance.removed.length === 0 ? exitCodes.done : exitCodes.failed;
}

/**
 * Removes results.
 * @throws FlowError CONFIG_INVALID when it is not said which
 */
export async function pruneEntries(place: string, options: PruneCommandOptions): Promise<ExitCode> {
  const { olderThan, maxSize, all } = options;
  const limits = { before: olderThan === undefined ? undefined : Date.now() - olderThan, maxBytes: maxSize };
  if (all === undefined && olderThan === undefined && maxSize === undefined) {
    throw new FlowError('CONFIG_INVALID', 'flowscript cache prune must be told what to remove', {
      hint: 'Give --older-than 7d, --max-size 1GB, both, or --all.',
    });
  }
  const { pruneCache } = await import('../cache/inventory.js');
  const folder = await folderOf(place, options);
  const clearance = await pruneCache(folder, all ? {} : limits);
  const { removed, kept, freedBytes } = clearance;
  const text = `Removed ${results(removed.length)} from ${shown(folder)} (${formatBytes(freedBytes)}); ${kept.length} left.`;
  write(options.json ? renderClearance(clearance) : text);
  return exitCodes.done;
}

/** @throws FlowError FLOW_FILE_UNREADABLE when there is no such flow or folder */
async function folderOf(place: string, { stateDir }: CacheCommandOptions): Promise<string> {
  if (stateDir !== undefined) return cacheFolder(path.resolve(stateDir));
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) {
    const hint = 'Give a flow file or its folder, or --state-dir.';
    throw new FlowError('FLOW_FILE_UNREADABLE', `there is no flow and no folder ${place}`, { hint });
  }
  return cacheFolder(stateDirectoryOf(found.isDirectory() ? path.join(place, 'flow.xml') : place, undefined));
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

function shown(folder: string): string {
  return path.relative('', folder) || '.';
}

function results(count: number): string {
  return count === 1 ? '1 result' : `${count} results`;
}

function renderClearance({ kept, removed, freedBytes }: Clearance): string {
  return JSON.stringify({ kept: kept.length, removed, freedBytes }, null, 2);
}

interface Group {
  readonly flow: string;
  readonly node: string;
  count: number;
  sizeBytes: number;
  latest: number;
}

/** Entries are in order, latest first. */
function groupsOf(entries: readonly CacheEntry[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { flow, node, sizeBytes, writtenAt } of entries) {
    const name = `${flow}\n${node}`;
    const group = groups.get(name) ?? { flow, node, count: 0, sizeBytes: 0, latest: writtenAt };
    groups.set(name, group);
    group.count += 1;
    group.sizeBytes += sizeBytes;
  }
  return [...groups.values()];
}

function renderEntries(entries: readonly CacheEntry[], now: number): string[] {
  const rows = groupsOf(entries).map(({ flow, node, count, sizeBytes, latest }) => {
    return [node, flow, results(count), formatBytes(sizeBytes), `${formatAge(now - latest)} ago`];
  });
  const sum = entries.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return [
    ...columns([['node', 'flow', 'results', 'size', 'last written'], ...rows]),
    `${results(entries.length)}, ${formatBytes(sum)}`,
  ];
}

function namesOf(entries: readonly CacheEntry[]): string[] {
  return groupsOf(entries).map(({ flow, node, count }) => `  ${node} of ${flow}: ${results(count)}`);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
