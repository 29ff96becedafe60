import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { quote } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { readBytes } from '../files.js';
import { delimiterOf, type FileFormat, formatOf, type LongNumbers } from '../formats/format.js';
import { readFormat } from '../formats/read-format.js';
import { requireText } from '../input.js';
import type { ExecutionParams, NodeExecutionContext, NodeRuntime } from '../types.js';
import { compileGlob, isPattern } from './glob-pattern.js';

export interface FileSourceConfig {
  /** Relative to the flow. A glob (`*`, `**`, `?`, `[ab]`, `{a,b}`), unless a file of just that name exists. */
  readonly path: unknown;
  /** @default by the file's extension, otherwise text */
  readonly format?: FileFormat | undefined;
  /** @default "utf-8" */
  readonly encoding?: string | undefined;
  /** @default tab for .tsv, otherwise comma */
  readonly delimiter?: string | undefined;
  /** @default "error" */
  readonly longNumbers?: LongNumbers | undefined;
}

/** One file that a glob matched. */
export interface FileEntry {
  /** Relative to the flow's folder, with `/`. */
  readonly path: string;
  readonly content: unknown;
}

/**
 * Output: the file's content; for a glob `FileEntry[]` sorted by path (by UTF-16 code units), empty when nothing matches, which is told by a warning.
 * Once the signal aborts no further file is read.
 * @throws FlowError FILE_UNREADABLE, PARSE_FAILED (with the line), PATH_UNSAFE
 */
export class FileSourceRuntime implements NodeRuntime<FileSourceConfig> {
  readonly type = 'source:file';

  async execute({ config, context }: ExecutionParams<FileSourceConfig>): Promise<unknown> {
    const path = requireText(config.path, this.type, 'path');
    if (await isOneFile(path, context.flowDirectory)) return readContent(path, context, config);
    const { signal } = context;
    const files = await findFiles(path, context.flowDirectory, signal);
    // A search that was given up has found only some.
    signal.throwIfAborted();
    if (files.length === 0) context.log(tellNoMatch(path, context.flowDirectory), 'warn');
    const entries: FileEntry[] = [];
    for (const match of files) {
      signal.throwIfAborted();
      entries.push({ path: match, content: await readContent(match, context, config) });
    }
    return entries;
  }
}

/**
 * The files that a glob matches, sorted, relative to the flow's folder; undefined for a path that is none.
 * @throws FlowError PATH_UNSAFE
 */
export async function filesOf(path: string, flowDirectory: string): Promise<readonly string[] | undefined> {
  return (await isOneFile(path, flowDirectory)) ? undefined : findFiles(path, flowDirectory);
}

async function readContent(path: string, context: NodeExecutionContext, config: FileSourceConfig): Promise<unknown> {
  const bytes = await readBytes(path, context);
  const delimiter = config.delimiter ?? delimiterOf(path);
  return readFormat(bytes, config.format ?? formatOf(path) ?? 'text', path, {
    encoding: config.encoding,
    delimiter,
    longNumbers: config.longNumbers,
  });
}

/** Whether the path names one file and is no pattern for many. */
export async function isOneFile(path: string, flowDirectory: string): Promise<boolean> {
  if (!isPattern(path)) return true;
  return stat(resolve(flowDirectory, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** No failure, as a folder may be empty; but a misspelt pattern looks the same. */
function tellNoMatch(pattern: string, flowDirectory: string): string {
  const folder = resolve(flowDirectory, literalFolder(pattern));
  return `The pattern ${quote(pattern)} matches no file in ${folder}; the output is an empty list.`;
}

/** What stands before the first wildcard, up to its last slash. */
function literalFolder(pattern: string): string {
  return /^(?:[^*?[{]*\/)?/.exec(pattern)?.[0] ?? '';
}

/** As long as a path may be where most programs run. */
const longestPattern = 4_096;

async function findFiles(pattern: string, flowDirectory: string, signal?: AbortSignal): Promise<string[]> {
  if (pattern.length > longestPattern)
    throw unusable(pattern, `it has ${pattern.length} characters, ${longestPattern} are the most`);
  const { glob } = await import('tinyglobby');
  const literal = literalFolder(pattern);
  const rest = pattern.slice(literal.length);
  // What data put into the pattern must not lead out of the folder before its first wildcard, as `*/../..` would.
  if (/(?:^|[/{,])\.\.(?:[/},]|$)/.test(rest)) throw leavesFolder(pattern);
  const isMeant = compiled(rest, pattern);
  const folder = resolve(flowDirectory, literal);
  const deep = rest.includes('**') ? undefined : rest.split('/').length;
  // It only lists what is there: its own patterns go back, and data may have put the wildcards there.
  const limits = { ...(deep && { deep }), ...(signal && { signal }) };
  const found = await glob('**', { cwd: folder, dot: true, onlyFiles: true, expandDirectories: false, ...limits });
  const meant = found.filter((path) => isMeant(path.split(sep).join('/')));
  return meant
    .map((path) => relative(flowDirectory, resolve(folder, path)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

function compiled(rest: string, pattern: string): (path: string) => boolean {
  try {
    return compileGlob(rest);
  } catch {
    // All else is written out so that it means itself.
    throw unusable(pattern, 'what stands in brackets is no range of letters');
  }
}

function unusable(pattern: string, why: string): FlowError {
  return new FlowError('FILE_UNREADABLE', `The pattern ${quote(pattern)} cannot be used: ${why}.`, {
    hint: 'A pattern has `*`, `**`, `?`, `[ab]` and `{a,b}`.',
  });
}

function leavesFolder(pattern: string): FlowError {
  return new FlowError('PATH_UNSAFE', `The pattern ${quote(pattern)} leads out of the folder before its first wildcard.`, {
    hint: 'Write the folder in front of the wildcards.',
  });
}
