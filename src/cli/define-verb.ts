import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-code.js';
import { oneOf } from './option-values.js';

/** Takes the exit code that a verb ended with. */
export type OnExit = (code: ExitCode) => void;

/** Subcommands take over the error handling of their parent, except the line of help. */
export function addVerb(program: Command, name: string, summary: string, path = name): Command {
  return program.command(name).description(summary).showHelpAfterError(`  help: flowscript ${path} --help shows the usage.`);
}

export function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

export const modes = ['threads', 'async', 'auto'];

export function modeOption(): Option {
  return new Option(
    '-m, --mode <mode>',
    'where work runs: threads (workers), async (this thread: neither a timeout nor Ctrl-C ends a loop that never yields) or auto (by measured time)',
  )
    .argParser(oneOf(modes))
    .default('threads');
}
