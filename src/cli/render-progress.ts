import { formatSeconds } from '../errors/format-duration.js';
import type { Paint } from './paint.js';
import { type BlockProgress, estimateRemainingMs, type Progress, type RunningNode, ratePerSecond } from './progress.js';
import { type Count, countsOf } from './render-counts.js';
import { shownPath } from './shown-path.js';

/** Blocks shown at once; a deep flow must not fill the screen. */
const mostBlocks = 8;
const widestName = 32;
const barWidth = 20;

/**
 * The live view: a line for the run, one per running block, and one naming the nodes at work. No line is wider than
 * `width` columns.
 */
export function renderProgress(progress: Progress, now: number, width: number, paint: Paint): readonly string[] {
  const lines = [headline(progress, now), ...blockLines(progress, now), ...runningLine(progress)];
  return lines.map((parts) => fitLine(parts, width, paint));
}

/** `1200/5000  24%  310/s  12s left`, with failures where there are any. */
export function renderBlockFigures(block: BlockProgress, now: number): string {
  const { done, failed, total } = block;
  const rate = ratePerSecond(block, now);
  const remainingMs = total !== undefined && done < total ? estimateRemainingMs(block, now) : undefined;
  const figures = [
    ...(total === undefined
      ? [`${done} done`]
      : [`${done}/${total}`, `${total === 0 ? 100 : Math.floor((done / total) * 100)}%`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(rate === undefined ? [] : [formatRate(rate)]),
    ...(remainingMs === undefined ? [] : [`${formatSeconds(remainingMs)} left`]),
  ];
  return figures.join('  ');
}

type Part = Count;

function headline(progress: Progress, now: number): readonly Part[] {
  const { workflow, startedAt } = progress;
  const [nodes, ...others] = countsOf(progress);
  const elapsed = formatSeconds(Math.floor((now - startedAt) / 1000) * 1000);
  return [
    { text: clip(printable(workflow), widestName), style: 'bold' },
    { text: `  ${nodes?.text}  ${elapsed}` },
    ...others.map((count) => ({ ...count, text: `  ${count.text}` })),
  ];
}

function blockLines({ blocks }: Progress, now: number): readonly (readonly Part[])[] {
  const shown = [...blocks].slice(0, mostBlocks);
  const nameWidth = Math.min(widestName, Math.max(0, ...shown.map(([path]) => path.length)));
  const lines = shown.map(([path, block]): readonly Part[] => [
    { text: `  ${clip(path, widestName).padEnd(nameWidth)}  ` },
    { text: bar(block), style: block.failed > 0 ? 'yellow' : 'green' },
    { text: `  ${renderBlockFigures(block, now)}` },
  ]);
  const hidden = blocks.size - shown.length;
  return hidden > 0 ? [...lines, [{ text: `  and ${hidden} more blocks`, style: 'dim' }]] : lines;
}

function bar({ done, total }: BlockProgress): string {
  if (total === undefined) return `[${' '.repeat(barWidth)}]`;
  const filled = total === 0 ? barWidth : Math.floor((Math.min(done, total) / total) * barWidth);
  return `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
}

function runningLine({ running, blocks }: Progress): readonly (readonly Part[])[] {
  const containers = new Set(blocks.keys());
  for (const path of running.keys()) addContainers(path, containers);
  const groups = new Map<string, RunningNode[]>();
  for (const [path, node] of running) {
    if (containers.has(path)) continue;
    const name = shownPath(node.nodeId);
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  if (groups.size === 0) return [];
  return [[{ text: `  running: ${[...groups].map(([id, nodes]) => nameGroup(id, nodes)).join(', ')}`, style: 'dim' }]];
}

/** Every path that `path` lies inside of: `a[3]/b/c` lies in `a`, `a[3]` and `a[3]/b`. */
function addContainers(path: string, containers: Set<string>): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const container = path.slice(0, end);
    containers.add(container);
    containers.add(container.replace(/\[[^[]*\]$/, ''));
  }
}

function nameGroup(id: string, nodes: readonly RunningNode[]): string {
  const shares = nodes.flatMap(({ share }) => (share === undefined ? [] : [share]));
  const times = nodes.length > 1 ? ` x${nodes.length}` : '';
  if (shares.length === 0) return `${id}${times}`;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return `${id}${times} ${Math.floor(mean * 100)}%`;
}

function formatRate(rate: number): string {
  if (rate >= 10) return `${Math.round(rate)}/s`;
  return rate >= 1 ? `${rate.toFixed(1)}/s` : `${(rate * 60).toFixed(1)}/min`;
}

/** Cuts before painting: a cut inside an escape sequence would colour the rest of the screen. */
function fitLine(parts: readonly Part[], width: number, paint: Paint): string {
  let room = Math.max(1, width);
  let line = '';
  for (const { text, style } of parts) {
    const piece = clip(text, room);
    if (piece === '') break;
    line += style === undefined ? piece : paint(style, piece);
    room -= piece.length;
  }
  return line;
}

function clip(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 4 ? text.slice(0, width) : `${text.slice(0, width - 3)}...`;
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
