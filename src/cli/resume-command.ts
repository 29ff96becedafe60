import path from 'node:path';
import type { RunCommandOptions } from './run-command-options.js';

/** The command that goes on with the last run of a flow, to be pasted into a shell in this folder: what the run was told stays, but what its record keeps. */
export function resumeCommand(file: string, options: RunCommandOptions): string {
  const { mode, maxConcurrency, timeout, output, secretsFile, plugin, grace, workerMemory, keep, stateDir, stub, recordStubs } =
    options;
  const words = [
    ...option('--mode', mode === 'threads' ? undefined : mode),
    ...option('--max-concurrency', maxConcurrency),
    ...option('--timeout', timeout && `${timeout}ms`),
    ...option('--output', output),
    ...option('--secrets-file', secretsFile),
    ...option('--plugin', plugin),
    ...option('--grace', grace === undefined ? undefined : `${grace}ms`),
    ...option('--worker-memory', workerMemory),
    ...option('--keep', keep),
    ...option('--state-dir', stateDir),
    ...option('--stub', stub),
    ...option('--record-stubs', recordStubs),
    ...(options.cache === undefined ? [] : [options.cache ? '--cache' : '--no-cache']),
    ...(options.explain ? ['--explain'] : []),
    ...(options.failOnIgnored ? ['--fail-on-ignored'] : []),
    ...(options.verbose ? ['--verbose'] : []),
    ...(options.json ? ['--json'] : []),
    ...(options.quiet ? ['--quiet'] : []),
  ];
  return shellCommand(['flowscript', 'run', fileArgument(file), ...words, '--resume']);
}

function option(name: string, value: string | number | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  return (typeof value === 'object' ? value : [String(value)]).flatMap((each) =>
    each.startsWith('-') ? [`${name}=${each}`] : [name, each],
  );
}

/** From this folder; never to be taken for an option. */
export function fileArgument(file: string): string {
  const relative = path.relative('', file);
  return relative.startsWith('-') ? `.${path.sep}${relative}` : relative;
}

/** Words as a shell takes them apart again. */
export function shellCommand(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word) && (process.platform === 'win32' || !word.includes('\\'))) return word;
  return process.platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
