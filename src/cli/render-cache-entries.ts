import type { CacheEntry, Clearance } from '../cache/inventory.js';
import { alignColumns } from './align-columns.js';
import { formatAge, formatBytes } from './format-amount.js';

/** A line a node, those used last first, and the sum. */
export function renderEntries(entries: readonly CacheEntry[], folder: string, now: number): string {
  if (entries.length === 0) return `The cache in ${folder} is empty: its results were removed, or no run could keep one.`;
  const rows = groupsOf(entries).map(({ flow, node, count, sizeBytes, usedAt }) => {
    return [node, flow, results(count), formatBytes(sizeBytes), `${formatAge(now - usedAt)} ago`];
  });
  const sum = entries.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return [
    ...alignColumns([['node', 'flow', 'results', 'size', 'last used'], ...rows]),
    `${results(entries.length)}, ${formatBytes(sum)}`,
  ].join('\n');
}

/** What a check has found, with the nodes whose results were damaged. */
export function renderVerified({ kept, removed }: Clearance, folder: string): string {
  const verdict = removed.length === 0 ? 'none is damaged' : `${results(removed.length)} damaged and removed:`;
  const damaged = groupsOf(removed).map(({ flow, node, count }) => `  ${node} of ${flow}: ${results(count)}`);
  return [`${results(kept.length + removed.length)} in ${folder}: ${verdict}`, ...damaged].join('\n');
}

export function renderPruned({ kept, removed, freedBytes }: Clearance, folder: string): string {
  return `Removed ${results(removed.length)} from ${folder} (${formatBytes(freedBytes)}); ${kept.length} left.`;
}

/** `place`: the flow or folder whose runs were asked for. */
export function renderNoCache(folder: string, place: string): string {
  const other = 'Of a flow elsewhere: flowscript cache ls FLOW, or --state-dir DIR.';
  return `There is no cache in ${folder}: no run of a flow in ${place} has kept a result there. ${other}`;
}

export function renderClearanceAsJson({ kept, removed, freedBytes }: Clearance): string {
  return JSON.stringify({ kept: kept.length, removed, freedBytes }, null, 2);
}

interface Group {
  readonly flow: string;
  readonly node: string;
  count: number;
  sizeBytes: number;
  readonly usedAt: number;
}

/** Entries are in order, those used last first. */
function groupsOf(entries: readonly CacheEntry[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { flow, node, sizeBytes, usedAt } of entries) {
    const name = `${flow}\n${node}`;
    const group = groups.get(name) ?? { flow, node, count: 0, sizeBytes: 0, usedAt };
    groups.set(name, group);
    group.count += 1;
    group.sizeBytes += sizeBytes;
  }
  return [...groups.values()];
}

function results(count: number): string {
  return count === 1 ? '1 result' : `${count} results`;
}
