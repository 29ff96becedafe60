import { type Command, Option } from 'commander';
import { addVerb, examples, modeOption, type OnExit } from './define-verb.js';
import { collect, parseCount, parseGrace, parseMegabytes, parsePresent, parseTimeout } from './option-values.js';
import { parseChaos } from './parse-chaos.js';
import { splitResume } from './split-resume.js';

export function addRun(program: Command, onExit: OnExit): void {
  const verb = addVerb(program, 'run', 'run a flow; its output goes to stdout as JSON')
    .usage('[options] <flow>')
    // Optional, as --resume may have taken it for the id of a run.
    .argument('[flow]', 'flow file')
    .option('-i, --input <json>', "the flow's input: JSON, @file, or - for standard input")
    .option('-s, --set <name=value>', 'give a config value; may be repeated, the last of a name counts', collect)
    .addOption(modeOption())
    .option(
      '-c, --max-concurrency <n>',
      'tasks at work at one time (default: what the flow says, else the number of cores)',
      parseCount,
    )
    .option('-t, --timeout <duration>', 'stop the run after this long: 500ms, 30s, 5m', parseTimeout)
    .option('-o, --output <file>', 'write the output to a file instead of stdout')
    .option('--secrets-file <file>', 'take secrets from NAME=value lines; others come from the environment')
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--grace <duration>', 'how long code that asks whether it should stop may clean up (default: 1s)', parseGrace)
    .option('--fail-on-ignored', 'exit with 3 when the flow completes although some of its nodes failed')
    .option('--worker-memory <mb>', 'heap limit of each worker, in MiB, at least 16', parseMegabytes)
    .option(
      '--resume [run]',
      'go on with the last run of this flow, or the one of this id; what has finished does not run again',
      parsePresent,
    )
    .option('--keep <n>', 'records of so many runs of this flow are kept (default: 20)', parseCount)
    .option('--no-record', 'leave no record: the run cannot be resumed, and its times are not kept')
    .option(
      '--state-dir <dir>',
      'where records, times and the cache are kept (default: .flowscript beside the flow)',
      parsePresent,
    )
    .option(
      '--cache',
      'use results of earlier runs again, of every node whose result can be (default: of those marked cache="true")',
    )
    .option('--no-cache', 'compute everything anew, and keep nothing for later runs')
    .option('--explain', 'say of each cached node why its result was found, or why not')
    .option(
      '--chaos <spec>',
      'let attempts fail on purpose: seed=7,rate=0.05,kinds=throw,exit,delay,timeout (see docs/testing.md)',
      parseChaos,
    )
    .option('--stub <file>', 'take the outputs of nodes from a file instead of running them; may be repeated', collect)
    .option('--record-stubs <file>', "write the outputs of the run's sources to a file that --stub takes")
    .option('--json', 'events as lines of JSON on stderr')
    .addOption(new Option('-v, --verbose', 'also what nodes log at level debug').conflicts('quiet'))
    .option('-q, --quiet', 'no progress and no summary: on stderr only warnings, failures and what a resumed run takes up')
    .addHelpText(
      'after',
      `${examples('flowscript run flow.xml --input \'{"ids": [1, 2]}\' --set top=5 --output best.json')}\n${exitCodeHelp}`,
    )
    .action(async (given, options) => {
      const { flow, resume } = await splitResume(given, options.resume, options.stateDir);
      if (flow === undefined) return verb.error("error: missing required argument 'flow'", { code: 'commander.missingArgument' });
      onExit(await (await import('./run.js')).run(flow, { ...options, resume }));
    });
}

const exitCodeHelp = `
Exit codes:
  0 done, 1 the flow failed, 2 the flow or the command is invalid, 3 failures were ignored (--fail-on-ignored),
  124 the flow's timeout, 130 interrupted (143 by SIGTERM)`;
