import path from 'node:path';
import { formatDuration, formatSeconds } from '../errors/format-duration.js';
import { stateDirectoryOf } from '../records/state-folder.js';
import type { NodeSummary, RecordedStatus, RunDetails, RunSummary } from '../records/summarise-run.js';
import { alignColumns } from './align-columns.js';
import type { Paint, Style } from './paint.js';
import { fileArgument, shellCommand } from './resume-command.js';
import { shownPath } from './shown-path.js';

const styles: Readonly<Record<RecordedStatus, Style>> = {
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
  interrupted: 'yellow',
  running: 'cyan',
};
/** Nodes that are shown of each kind. */
const mostNodes = 30;
const shortId = 8;
const statusColumn = 4;

/** A line a run, the latest first. */
export function renderRuns(runs: readonly RunSummary[], now: number, paint: Paint): string {
  const rows = runs.map((run) => [
    run.id.slice(0, shortId),
    run.file,
    when(run.startedAt, now),
    run.durationMs === undefined ? '' : formatDuration(run.durationMs),
    run.status,
    `${run.done}/${run.nodes} nodes${run.fallbacks > 0 ? `, ${fallbacks(run.fallbacks)}` : ''}${run.processes > 1 ? `, resumed ${times(run.processes - 1)}` : ''}`,
    run.error === undefined ? '' : `[${run.error.code ?? 'error'}] ${firstLine(run.error.message)}`,
  ]);
  const painted = (cell: string, column: number, at: number): string =>
    column === statusColumn ? paint(styles[runs[at]?.status ?? 'running'], cell) : cell;
  return alignColumns(rows, painted).join('\n');
}

/** What became of one run, what failed, and how long its nodes took. */
export function renderRun(run: RunDetails, now: number, paint: Paint): string {
  const failures = run.ended.filter(({ status }) => status === 'failed');
  const longest = run.ended.filter(({ status }) => status !== 'failed').sort((a, b) => b.durationMs - a.durationMs);
  return [
    `${paint('bold', run.workflow)} (${run.file}), run ${run.id}`,
    `${paint(styles[run.status], run.status)}${run.durationMs === undefined ? '' : ` in ${formatDuration(run.durationMs)}`}, ${run.done}/${run.nodes} nodes`,
    `started ${new Date(run.startedAt).toISOString()} (${when(run.startedAt, now)}), mode ${run.mode}, at most ${run.maxConcurrency} at a time`,
    ...(run.processes > 1 ? [`resumed ${times(run.processes - 1)}`] : []),
    ...(run.retries > 0 ? [`retried ${times(run.retries)}`] : []),
    ...rescueLines(run),
    ...errorLines(run),
    ...section('failed', failures.map(failureLine)),
    ...section(
      run.status === 'running' ? 'running' : 'running when it ended',
      run.running.map((path) => `  ${path}${progressOf(path, run)}`),
    ),
    ...section('time by node', longest.map(nodeLine)),
    ...(isResumable(run) ? [`resume it: ${resumeOf(run)}`] : []),
    `its record: ${run.folder}`,
  ].join('\n');
}

/** The flow's file is known from the folder that holds the state folder. */
function resumeOf({ file, folder, id }: RunDetails): string {
  const stateDirectory = path.dirname(path.dirname(folder));
  const flow = path.resolve(path.dirname(stateDirectory), file);
  const place = stateDirectory === stateDirectoryOf(flow, undefined) ? [] : ['--state-dir', fileArgument(stateDirectory)];
  return shellCommand(['flowscript', 'run', fileArgument(flow), ...place, '--resume', id.slice(0, shortId)]);
}

function isResumable({ status }: RunDetails): boolean {
  return status !== 'completed' && status !== 'running';
}

function errorLines({ error }: RunDetails): string[] {
  if (error === undefined) return [];
  const at = error.source === undefined ? '' : ` at ${error.source.file}:${error.source.line}:${error.source.column}`;
  return [
    `error[${error.code ?? 'error'}] ${error.message}${at}`,
    ...(error.hint === undefined ? [] : [`  help: ${error.hint}`]),
  ];
}

function rescueLines({ fallbacks: count, firstRescued }: RunDetails): string[] {
  if (firstRescued === undefined) return [];
  const { path, error } = firstRescued;
  const why = error === undefined ? '' : ` [${error.code ?? 'error'}] ${firstLine(error.message)}`;
  return [`made up for by ${fallbacks(count)}${count > 1 ? ', the first' : ''}: ${shownPath(path)}${why}`];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - mostNodes;
  return [`${title}:`, ...lines.slice(0, mostNodes), ...(more > 0 ? [`  and ${more} more`] : [])];
}

function failureLine({ path, attempts, error }: NodeSummary): string {
  const why = error === undefined ? '' : `: [${error.code ?? 'error'}] ${firstLine(error.message)}`;
  return `  ${shownPath(path)}${attempts > 1 ? ` after ${attempts} attempts` : ''}${why}`;
}

function nodeLine({ path, status, durationMs, attempts, reused }: NodeSummary): string {
  const notes = [
    ...(status === 'completed' ? [] : [status]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(reused === undefined ? [] : [reused === 'cache' ? 'from the cache' : 'known from before']),
  ];
  return `  ${formatDuration(durationMs).padStart(7)}  ${shownPath(path)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

function progressOf(path: string, { blocks }: RunDetails): string {
  const block = blocks.find((each) => each.path === path);
  return block === undefined
    ? ''
    : `: ${block.done}${block.total === undefined ? '' : ` of ${block.total}`} done${block.failed > 0 ? `, ${block.failed} failed` : ''}`;
}

function when(at: number, now: number): string {
  return now - at < 1000 ? 'just now' : `${formatSeconds(now - at)} ago`;
}

function fallbacks(count: number): string {
  return count === 1 ? '1 fallback' : `${count} fallbacks`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
