import path from 'node:path';
import type { CacheEntry, Clearance } from '../cache/inventory.js';
import { FlowError } from '../errors/flow-error.js';
import { cacheFolder } from '../records/state-folder.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { renderClearanceAsJson, renderEntries, renderNoCache, renderPruned, renderVerified } from './render-cache-entries.js';
import { findState, isFolder } from './state-dir.js';

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
  const folder = await folderOf(place, options);
  const entries = await entriesOf(folder);
  if (options.json) write(JSON.stringify(entries ?? [], null, 2));
  else
    write(
      entries === undefined ? renderNoCache(shown(folder), flowFolder(place)) : renderEntries(entries, shown(folder), Date.now()),
    );
  return exitCodes.done;
}

/** Checks what is in the cache. Fails when something was damaged, though it is removed then. */
export async function verifyEntries(place: string, options: CacheCommandOptions): Promise<ExitCode> {
  const { verifyCache } = await import('../cache/inventory.js');
  const clearance = await clear(place, options, verifyCache, renderVerified);
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
  await clear(place, options, (folder) => pruneCache(folder, all ? {} : limits), renderPruned);
  return exitCodes.done;
}

const nothing: Clearance = { kept: [], removed: [], freedBytes: 0 };

/** Clears up where there is a cache, and says what came of it. */
async function clear(
  place: string,
  options: CacheCommandOptions,
  work: (folder: string) => Promise<Clearance>,
  render: (clearance: Clearance, folder: string) => string,
): Promise<Clearance> {
  const folder = await folderOf(place, options);
  const isThere = await isFolder(folder);
  const clearance = isThere ? await work(folder) : nothing;
  if (options.json) write(renderClearanceAsJson(clearance));
  else write(isThere ? render(clearance, shown(folder)) : renderNoCache(shown(folder), flowFolder(place)));
  return clearance;
}

/** Undefined where there is no cache. */
async function entriesOf(folder: string): Promise<readonly CacheEntry[] | undefined> {
  if (!(await isFolder(folder))) return undefined;
  const { listEntries } = await import('../cache/inventory.js');
  return listEntries(folder);
}

/** @throws FlowError CONFIG_INVALID, FLOW_FILE_UNREADABLE when there is no such state folder, flow or folder */
async function folderOf(place: string, { stateDir }: CacheCommandOptions): Promise<string> {
  const { stateDirectory, flow } = await findState(place, stateDir);
  if (flow !== undefined) await checkFlowFile(flow);
  return cacheFolder(stateDirectory);
}

/** In full: who looks in the wrong folder sees it. */
function flowFolder(place: string): string {
  return path.resolve(path.extname(place) === '.xml' ? path.dirname(place) : place);
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

function shown(folder: string): string {
  const relative = path.relative('', folder) || '.';
  return relative.startsWith('..') ? folder : relative;
}
