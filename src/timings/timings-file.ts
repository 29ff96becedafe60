import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hideFromGit } from '../records/state-folder.js';
import { makeFolder } from '../runtimes/make-folder.js';

/** Told apart from files that a later version may write. */
const version = 1;

/** What a node took in the last run that finished it. */
export interface NodeTiming {
  /** Of its element and settings: what was measured of others holds no longer. */
  readonly key: string;
  readonly ms: number;
}

/** Where the times of a flow are kept: a state folder may serve flows of several folders. */
export function timingsFile(stateDirectory: string, flowFile: string): string {
  const relative = path.relative(path.dirname(stateDirectory), path.resolve(flowFile)).split(path.sep).join('/');
  const digest = createHash('sha256').update(relative).digest('hex').slice(0, 8);
  return path.join(stateDirectory, 'timings', `${path.basename(flowFile, path.extname(flowFile))}-${digest}.json`);
}

/** By node id. Empty when there are none, or none that can be made sense of. */
export function readTimings(file: string): ReadonlyMap<string, NodeTiming> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(content) || content['version'] !== version || !isRecord(content['nodes'])) return new Map();
    return new Map(Object.entries(content['nodes']).filter((entry): entry is [string, NodeTiming] => isTiming(entry[1])));
  } catch {
    return new Map();
  }
}

/** Replaces the file as a whole, so that nobody ever reads half of it. Gives false when it cannot be written: times can be done without. */
export function writeTimings(file: string, timings: ReadonlyMap<string, NodeTiming>): boolean {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    makeFolder(path.dirname(file));
    hideFromGit(path.dirname(path.dirname(file)));
    writeFileSync(draft, `${JSON.stringify({ version, nodes: Object.fromEntries(timings) })}\n`);
    renameSync(draft, file);
    return true;
  } catch {
    removeDraft(draft);
    return false;
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // There is nothing more to be done where nothing can be written.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTiming(value: unknown): value is NodeTiming {
  if (!isRecord(value)) return false;
  const { key, ms } = value;
  return typeof key === 'string' && typeof ms === 'number' && Number.isFinite(ms) && ms >= 0;
}
