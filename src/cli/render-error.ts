import { relative, sep } from 'node:path';
import { boundedText } from '../errors/bounded-text.js';
import type { FlowError } from '../errors/flow-error.js';
import { terminalText } from '../errors/terminal-text.js';
import { renderCodeFrame } from '../parser/code-frame.js';
import type { SourcePosition } from '../types/source.js';
import type { Paint } from './paint.js';
import { shownPath } from './shown-path.js';
import { framesOf, shownPlace, type UserFrame } from './user-frames.js';

/** Further failures of a block that are named; the others are counted. */
const mostSiblings = 5;
const longestChain = 10;

export interface ErrorRendering {
  readonly paint: Paint;
  /** Text of a flow file, for the code frame; `undefined` where there is none. */
  readonly readSource: (file: string) => string | undefined;
  /** Folder that shown paths start from. */
  readonly directory: string;
}

/**
 * What failed, where, why and what to do, without a line break at the end:
 * message, place, code frame, attempts, frames of the user's own modules, causes with theirs, further failures, help.
 */
export function renderError(error: FlowError, rendering: ErrorRendering): string {
  return render(error, rendering, rendering.paint('red', `error[${error.code}]`));
}

/** The same of what keeps nothing from running. */
export function renderWarning(warning: FlowError, rendering: ErrorRendering): string {
  return render(warning, rendering, rendering.paint('yellow', `warning[${warning.code}]`));
}

function render(error: FlowError, rendering: ErrorRendering, label: string): string {
  const { paint } = rendering;
  const lines = [
    `${label} ${indentRest(titleOf(error))}`,
    ...placeLines(error, rendering),
    ...frameLines(error.source, rendering),
    ...(error.attempt !== undefined && error.attempt > 1 ? [`  after ${error.attempt} attempts`] : []),
    ...chainLines(error, rendering),
    ...siblingLines(error.errors, rendering),
    ...(error.hint === undefined ? [] : [`  ${paint('cyan', 'help:')} ${indentRest(terminalText(boundedText(error.hint)))}`]),
  ];
  return lines.join('\n');
}

/** A fault of FlowScript itself, with its stack and where to tell of it. */
export function renderInternalError(error: unknown, paint: Paint): string {
  const stack = boundedText(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return [
    `${paint('red', 'internal error')} ${stack}`,
    `  ${paint('cyan', 'help:')} This is a fault of FlowScript, not of the flow. Please report it with the lines above.`,
  ].join('\n');
}

/** `file:line:column`, the file as seen from `directory` where it lies inside. */
function renderPosition({ file, line, column }: Pick<UserFrame, 'file' | 'line' | 'column'>, directory: string): string {
  return shownPlace({ file: shortPath(file, directory), line, column });
}

/** A path as seen from `directory`, or as it is when it lies elsewhere. */
function shortPath(file: string, directory: string): string {
  const path = relative(directory, file);
  return path === '' || path.startsWith(`..${sep}`) || path.length >= file.length ? file : path;
}

function titleOf(error: FlowError): string {
  const message = terminalText(boundedText(error.message));
  return ['FlowError', 'FlowValidationError', 'Error'].includes(error.name) ? message : `${error.name}: ${message}`;
}

function placeLines({ source, path, nodeId }: FlowError, { paint, directory }: ErrorRendering): readonly string[] {
  const node = shown(path ?? nodeId);
  if (source === undefined) return node === undefined ? [] : [`  ${paint('dim', 'in')} ${node}`];
  const place = terminalText(renderPosition(source, directory));
  return [`  ${paint('dim', 'at')} ${place}${node === undefined ? '' : ` (${node})`}`];
}

function shown(name: string | undefined, source?: SourcePosition): string | undefined {
  return name === undefined ? undefined : shownPath(name, source);
}

function frameLines(source: SourcePosition | undefined, { readSource }: ErrorRendering): readonly string[] {
  const text = source === undefined ? undefined : readSource(source.file);
  if (source === undefined || text === undefined) return [];
  const frame = renderCodeFrame(text, source);
  return frame === '' ? [] : frame.split('\n').map((line) => `  ${line}`);
}

/** The calls an error came out of stand below it and above its cause, which came out of others. */
function chainLines(error: FlowError, rendering: ErrorRendering): readonly string[] {
  const shownFrames = new Set<string>();
  const newFrames = (one: unknown): readonly string[] => {
    const frames = one instanceof Error ? stackLines(one, rendering).filter((line) => !shownFrames.has(line)) : [];
    for (const line of frames) shownFrames.add(line);
    return frames;
  };
  const lines: string[] = [...newFrames(error)];
  const said = [error.message];
  let cause: unknown = error.cause;
  for (let depth = 0; cause !== undefined && cause !== null && depth < longestChain; depth++) {
    const { title, message } = causeTitle(cause);
    // The first cause is often the same error before it was given a place, or is quoted by what it caused.
    const isSaid = said.some((text) => text === message || quotes(text, message));
    if (!isSaid) lines.push(`  caused by ${terminalText(boundedText(title)).replaceAll('\n', ' ')}`);
    lines.push(...newFrames(cause));
    said.push(message);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

/** Behind a colon and up to the end of a word: "failed: 12 rows" does not quote "1". */
function quotes(text: string, message: string): boolean {
  if (message === '') return false;
  const quotation = `: ${message}`;
  for (let at = text.indexOf(quotation); at !== -1; at = text.indexOf(quotation, at + 1)) {
    if (!/^[\p{L}\p{N}_]/u.test(text.slice(at + quotation.length, at + quotation.length + 2))) return true;
  }
  return false;
}

function causeTitle(cause: unknown): { readonly title: string; readonly message: string } {
  if (!(cause instanceof Error)) return { title: String(cause), message: String(cause) };
  const { code } = cause as Error & { readonly code?: unknown };
  // Node reports a host that refuses on every address as an AggregateError without a message.
  const parts: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [];
  const message = cause.message || parts.map((part) => (part instanceof Error ? part.message : String(part))).join('; ');
  // Node's own messages begin with their code.
  const label = typeof code === 'string' && !message.startsWith(code) ? `${cause.name} [${code}]` : cause.name;
  return { title: message === '' ? label : `${label}: ${message}`, message: cause.message };
}

function stackLines(error: Error, { paint, directory }: ErrorRendering): readonly string[] {
  return framesOf(error).map(({ call, file, line, column }) => {
    const place = renderPosition({ file, line, column }, directory);
    return paint('dim', call === undefined ? `    at ${place}` : `    at ${call} (${place})`);
  });
}

function siblingLines(siblings: readonly FlowError[], { directory }: ErrorRendering): readonly string[] {
  if (siblings.length === 0) return [];
  const named = siblings.slice(0, mostSiblings).map((error) => {
    const where = shown(error.path ?? error.nodeId ?? (error.source && renderPosition(error.source, directory)), error.source);
    const [firstLine] = titleOf(error).split('\n');
    return `    [${error.code}]${where === undefined ? '' : ` ${where}:`} ${firstLine}`;
  });
  const rest = siblings.length - named.length;
  return [`  ${siblings.length} more failed:`, ...named, ...(rest > 0 ? [`    and ${rest} more`] : [])];
}

function indentRest(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
