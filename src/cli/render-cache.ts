import type { CachedNode, CacheReport } from '../types/cache.js';

/** A line a node: how many results were found, and why others were not. */
export function renderCache(report: CacheReport): string {
  if (report.length === 0) return 'Cache: no node asks for it. Mark nodes with cache="true", or give --cache for all.';
  const width = Math.min(Math.max(...report.map(({ nodeId }) => nodeId.length)), widestColumn);
  return ['Cache', ...report.flatMap((node) => linesOf(node).map((line) => `  ${node.nodeId.padEnd(width)}  ${line}`))].join(
    '\n',
  );
}

const widestColumn = 40;

function linesOf(node: CachedNode): string[] {
  const { hits, misses, leftOut, isOpen } = node;
  if (leftOut !== undefined) return [`not cached: ${leftOut}`];
  const total = misses.reduce((sum, { count }) => sum + count, hits);
  const lines = total === 0 ? [isOpen ? openLine : 'did not run'] : [...hitLines(hits, total), ...missLines(node, total)];
  if (total > 0 && isOpen) lines.push(openLine);
  return [...lines, ...(node.notStored ?? []).map(({ why, count }) => `not stored${times(count, total)}: ${why}`)];
}

const openLine = '<TBD>: what it reads is known at run time';

function hitLines(hits: number, total: number): string[] {
  return hits === 0 ? [] : [`hit${times(hits, total)}`];
}

function missLines({ misses, nodeId }: CachedNode, total: number): string[] {
  return misses.map(({ text, count, paths }) => {
    const inside = paths.filter((path) => path !== nodeId);
    const more = count > inside.length && inside.length > 0 ? ', …' : '';
    return `miss${times(count, total)}: ${text}${inside.length === 0 ? '' : ` (${inside.join(', ')}${more})`}`;
  });
}

function times(count: number, total: number): string {
  return total <= 1 ? '' : ` ${count} of ${total}`;
}
