import { boundedText } from '../errors/bounded-text.js';
import type { FlowError } from '../errors/flow-error.js';
import { formatDuration } from '../errors/format-duration.js';
import { terminalText } from '../errors/terminal-text.js';
import type { FlowEvent, LogLevel } from '../types/events.js';
import { formatCount } from './format-amount.js';
import type { Paint, Style } from './paint.js';
import { createProgress, type Progress, recordEvent } from './progress.js';
import { countsOf } from './render-counts.js';
import { renderBlockFigures } from './render-progress.js';
import { shownPath } from './shown-path.js';

/** How often a block tells how far it is, in milliseconds. */
const blockPeriodMs = 2000;
/** Failures and retries inside one top-level node that get a line of their own. */
const mostDetails = 5;

/** What a log of lines must remember of the run. */
export interface PlainLog {
  readonly progress: Progress;
  /** When each block last had a line, by path. */
  readonly toldAt: Map<string, number>;
  /** Lines about failures and retries so far, by top-level node. */
  readonly details: Map<string, number>;
}

/** A log that has seen nothing of a run with these nodes in its plan. */
export function createPlainLog(planned: Iterable<string>): PlainLog {
  return { progress: createProgress(planned), toldAt: new Map(), details: new Map() };
}

/** The lines an event adds to a log that no terminal rewrites. Most events add none. */
export function plainLines(log: PlainLog, event: FlowEvent, paint: Paint): readonly string[] {
  recordEvent(log.progress, event);
  switch (event.type) {
    case 'run.started':
      return [renderStart(event, paint)];
    case 'run.finished':
      return endLines(event, log.progress, paint);
    case 'node.finished':
      return finishLines(log, event, paint);
    case 'node.retrying':
      return detailLines(log, event.path, () => renderRetry(event));
    case 'block.progress':
      return blockLines(log, event);
    case 'log':
      return [renderLog(event, paint)];
    default:
      return [];
  }
}

type EventOf<Type extends FlowEvent['type']> = Extract<FlowEvent, { type: Type }>;

/** `score: message`, the level in front where it is not `info`. */
export function renderLog({ path, level, message }: EventOf<'log'>, paint: Paint): string {
  const label = level === 'info' ? '' : `${paint(levelStyles[level], level)} `;
  return `${label}${paint('dim', `${shownPath(path)}:`)} ${terminalText(boundedText(message))}`;
}

/** How a run ended, and what its fallbacks kept from failing it. */
export function endLines(event: EventOf<'run.finished'>, progress: Progress, paint: Paint): readonly string[] {
  const { fallbacks, firstRescued } = progress;
  const end = renderEnd(event, progress, paint);
  if (firstRescued === undefined) return [end];
  const what =
    fallbacks === 1
      ? '1 failure was made up for by a fallback:'
      : `${fallbacks} failures were made up for by fallbacks, the first:`;
  return [end, `${what} ${shownPath(firstRescued.path, firstRescued.error.source)} ${brief(firstRescued.error)}`];
}

/** The last line of a run: `failed in 4.2s: 4/7 nodes, 1 failed, 2 cancelled, 3 retries`. */
function renderEnd(
  { status, durationMs, faults }: Pick<EventOf<'run.finished'>, 'status' | 'durationMs' | 'faults'>,
  progress: Progress,
  paint: Paint,
): string {
  const counts = [...countsOf(progress).map(({ text }) => text), ...(faults === undefined ? [] : [renderFaultCounts(faults)])];
  return `${paint(endStyles[status], status)} in ${formatDuration(durationMs)}: ${counts.join(', ')}`;
}

/** `12 faults injected (5 throw, 7 exit)`. */
function renderFaultCounts(faults: NonNullable<EventOf<'run.finished'>['faults']>): string {
  const kinds = Object.entries(faults).filter(([, amount]) => amount > 0);
  const total = kinds.reduce((sum, [, amount]) => sum + amount, 0);
  const parts = kinds.map(([kind, amount]) => `${amount} ${kind}`).join(', ');
  return `${formatCount(total, 'fault')} injected${total > 0 ? ` (${parts})` : ''}`;
}

const levelStyles: Readonly<Record<LogLevel, Style>> = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' };
const endStyles = { completed: 'green', failed: 'red', cancelled: 'yellow' } as const;

function renderStart({ workflow, nodes, waves, mode, maxConcurrency }: EventOf<'run.started'>, paint: Paint): string {
  const shape = `${formatCount(nodes, 'node')} in ${formatCount(waves, 'wave')}`;
  return `${paint('bold', workflow)}: ${shape}, mode ${mode}, at most ${maxConcurrency} at a time`;
}

function finishLines(log: PlainLog, event: EventOf<'node.finished'>, paint: Paint): readonly string[] {
  const { path, status, durationMs, error, reused } = event;
  log.toldAt.delete(path);
  const failure = error === undefined ? '' : `: ${brief(error)}`;
  const name = shownPath(path, error?.source);
  if (log.progress.topLevel.has(path)) {
    if (status === 'skipped') return [`${name} skipped`];
    const word = status === 'completed' ? 'done' : paint(endStyles[status], status);
    return [`${name} ${word}${whence(reused)} in ${formatDuration(durationMs)}${failure}`];
  }
  // What only passes a failure on was told by the node inside.
  if (status !== 'failed' || (error?.path ?? path) !== path) return [];
  return detailLines(log, path, () => `${name} ${paint('red', 'failed')}${failure}`);
}

function whence(reused: EventOf<'node.finished'>['reused']): string {
  if (reused === undefined) return '';
  return reused === 'cache' ? ' (from the cache)' : ' (known from before)';
}

/** Ten thousand failing items are one story, told by its first lines; the counts tell the rest. */
function detailLines({ details }: PlainLog, path: string, render: () => string): readonly string[] {
  const top = /^[^/[]*/.exec(path)?.[0] ?? path;
  const told = (details.get(top) ?? 0) + 1;
  details.set(top, told);
  if (told > mostDetails + 1) return [];
  return [told > mostDetails ? `${top}: more failures or retries, not listed` : render()];
}

function renderRetry({ path, attempt, delayMs, error }: EventOf<'node.retrying'>): string {
  return `${shownPath(path, error.source)} attempt ${attempt} failed, retry in ${formatDuration(delayMs)}: ${brief(error)}`;
}

function blockLines({ progress, toldAt }: PlainLog, { path, at, done, total }: EventOf<'block.progress'>): readonly string[] {
  const last = toldAt.get(path);
  if (last === undefined) toldAt.set(path, at);
  if (last === undefined || at - last < blockPeriodMs || done === total) return [];
  toldAt.set(path, at);
  const block = progress.blocks.get(path);
  return block === undefined ? [] : [`${path}  ${renderBlockFigures(block, at)}`];
}

function brief({ code, message }: FlowError): string {
  return `[${code}] ${terminalText(boundedText(message)).split('\n')[0]}`;
}
