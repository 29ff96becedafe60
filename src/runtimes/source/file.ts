import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { FlowError } from '../../errors/flow-error.js';
import { readBytes } from '../files.js';
import { delimiterOf, type FileFormat, formatOf } from '../formats/format.js';
import { readFormat } from '../formats/read-format.js';
import { requireText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface FileSourceConfig {
  /** Relative to the flow. A glob (`*`, `**`, `?`, `[ab]`, `{a,b}`), unless a file of just that name exists. */
  readonly path: unknown;
  /** @default by the file's extension, otherwise text */
  readonly format?: FileFormat | undefined;
  /** @default "utf-8" */
  readonly encoding?: string | undefined;
  /** @default tab for .tsv, otherwise comma */
  readonly delimiter?: string | undefined;
}

/** One file that a glob matched. */
export interface FileEntry {
  /** Relative to the flow's folder, with `/`. */
  readonly path: string;
  readonly content: unknown;
}

/**
 * Output: the file's content; for a glob `FileEntry[]` sorted by path (by UTF-16 code units), empty when nothing matches.
 * @throws FlowError FILE_UNREADABLE, PARSE_FAILED (with the line), PATH_UNSAFE
 */
export class FileSourceRuntime implements NodeRuntime<FileSourceConfig> {
  readonly type = 'source:file';

  async execute({ config, context }: ExecutionParams<FileSourceConfig>): Promise<unknown> {
    const path = requireText(config.path, this.type, 'path');
    const { flowDirectory } = context;
    const files = await filesOf(path, flowDirectory);
    if (files === undefined) return readContent(path, flowDirectory, config);
    const entries: FileEntry[] = [];
    for (const match of files) {
      entries.push({ path: match, content: await readContent(match, flowDirectory, config) });
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

async function readContent(path: string, flowDirectory: string, config: FileSourceConfig): Promise<unknown> {
  const bytes = await readBytes(path, flowDirectory);
  const delimiter = config.delimiter ?? delimiterOf(path);
  return readFormat(bytes, config.format ?? formatOf(path) ?? 'text', path, { encoding: config.encoding, delimiter });
}

/** Whether the path names one file and is no pattern for many. */
export async function isOneFile(path: string, flowDirectory: string): Promise<boolean> {
  // Most paths are plain, and need no glob library loaded.
  if (!mayBePattern(path)) return true;
  const { isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(path)) return true;
  return stat(resolve(flowDirectory, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** False for most paths. */
export function mayBePattern(path: string): boolean {
  return /[*?[\]{}()!]/.test(path);
}

async function findFiles(pattern: string, flowDirectory: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const found = await glob(pattern, { cwd: flowDirectory, absolute: true, expandDirectories: false, onlyFiles: true });
  const base = literalFolder(pattern, flowDirectory);
  const paths = found.map((file) => {
    const absolute = resolve(file);
    if (!absolute.startsWith(base)) throw leavesFolder(pattern, absolute);
    return relative(flowDirectory, absolute).split(sep).join('/');
  });
  return paths.sort((a, b) => (a < b ? -1 : 1));
}

/** The folder named before the first wildcard. What data put into the pattern must not lead out of it, as `[ab]/../..` would. */
function literalFolder(pattern: string, flowDirectory: string): string {
  const literal = /^(?:[^*?[\]{}()!+@]*\/)?/.exec(pattern)?.[0] ?? '';
  const folder = resolve(flowDirectory, literal);
  return folder.endsWith(sep) ? folder : folder + sep;
}

function leavesFolder(pattern: string, file: string): FlowError {
  return new FlowError('PATH_UNSAFE', `The pattern "${pattern}" leads out of the folder before its first wildcard, to ${file}.`, {
    hint: 'Write the folder in front of the wildcards.',
  });
}
