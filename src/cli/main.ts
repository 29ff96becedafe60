#!/usr/bin/env node
import { type Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-code.js';
import { unwatchExit, watchExit } from './exit-watch.js';
import { drainStreams, watchStreamErrors } from './output-streams.js';
import { createProgram } from './program.js';
import { adviceOnExcess, type Slip, suggestDashes, suggestVerb } from './suggest-verb.js';

watchStreamErrors();
watchExit();
// Nobody waits for it here: of an await that never ends Node would tell with a line of this file.
void main();

async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2));
  unwatchExit();
  await drainStreams();
  // A module in async mode may have left a timer or a socket open: the command is over all the same.
  process.exit();
}

async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram((ended) => {
    code = ended;
  });
  const verbs = program.commands.map((command) => command.name());
  const suggestion = suggestVerb(args, verbs) ?? suggestDashes(args, longOptions(program, args));
  const isForMachines = args.includes('--json');
  if (suggestion !== undefined) {
    process.stderr.write(`${isForMachines ? slipAsJson(suggestion) : slipAsText(suggestion)}\n`);
    return exitCodes.invalid;
  }
  if (isForMachines) silenceUsage(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOfUsage(error, isForMachines, args);
    const { reportError } = await import('./report-error.js');
    return reportError(error, isForMachines ? 'json' : 'text');
  }
}

function longOptions(program: Command, [verb]: readonly string[]): readonly string[] {
  const options = program.commands.find((command) => command.name() === verb)?.options ?? [];
  return options.flatMap(({ long }) => long ?? []);
}

/** Commander has told of it, unless it is for machines. */
function endOfUsage({ exitCode, message, code }: CommanderError, isForMachines: boolean, args: readonly string[]): ExitCode {
  if (exitCode === 0) return exitCodes.done;
  const advice = code === 'commander.excessArguments' && !isForMachines ? adviceOnExcess(args) : undefined;
  if (advice !== undefined) process.stderr.write(`${advice}\n`);
  if (isForMachines) process.stderr.write(`${slipAsJson({ message: message.replace(/^error: /, '') })}\n`);
  return exitCodes.invalid;
}

/** What is wrong with the arguments comes as JSON then. */
function silenceUsage(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  for (const inner of command.commands) silenceUsage(inner);
}

function slipAsText({ message, hint }: Slip): string {
  return `error: ${message}\n  help: ${hint}`;
}

/** As `reportError` tells of what kept a flow from running. */
function slipAsJson({ message, hint }: Pick<Slip, 'message'> & Partial<Slip>): string {
  return JSON.stringify({ type: 'error', error: { code: 'CONFIG_INVALID', name: 'FlowError', message, hint } });
}
