import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import type { ExitCode } from './exit-code.js';
import { collect, oneOf, parseCount, parseGrace, parseMegabytes, parseScale, parseSize, parseTimeout } from './option-values.js';
import { parseChaos } from './parse-chaos.js';
import { splitResume } from './split-resume.js';
import { assertWorkingFolder } from './working-folder.js';

/** Takes the exit code that a verb ended with. */
export type OnExit = (code: ExitCode) => void;

/**
 * The grammar of the command line. A verb's code is loaded when that verb is called, so that `--help` and `--version` answer at
 * once. Throws commander's `CommanderError` instead of ending the process.
 */
export function createProgram(onExit: OnExit): Command {
  const program = new Command('flowscript')
    .description('Run CPU-heavy XML pipelines in parallel on Node worker threads.')
    .version(readVersion(), '-V, --version')
    .exitOverride()
    .hook('preAction', assertWorkingFolder)
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('  help: flowscript --help lists what there is.');
  addRun(program, onExit);
  addValidate(program, onExit);
  addPlan(program, onExit);
  addNodes(program, onExit);
  addRuns(program, onExit);
  addInit(program, onExit);
  addTest(program, onExit);
  addBench(program, onExit);
  addImport(program, onExit);
  addCache(program, onExit);
  return program.addHelpText('after', examples('flowscript init my-flow', 'flowscript run my-flow/flow.xml'));
}

function addRun(program: Command, onExit: OnExit): void {
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
    .option('--resume [run]', 'go on with the last run of this flow, or the one of this id; what has finished does not run again')
    .option('--keep <n>', 'records of so many runs of this flow are kept (default: 20)', parseCount)
    .option('--no-record', 'leave no record: the run cannot be resumed, and its times are not kept')
    .option('--state-dir <dir>', 'where records, times and the cache are kept (default: .flowscript beside the flow)')
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

function addValidate(program: Command, onExit: OnExit): void {
  addVerb(program, 'validate', 'check flows and show every fault, without running anything')
    .argument('<flow...>', 'flow files')
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--json', 'the faults as JSON on stdout')
    .addHelpText('after', examples('flowscript validate flows/*.xml'))
    .action(async (flows, options) => onExit(await (await import('./validate.js')).validate(flows, options)));
}

function addPlan(program: Command, onExit: OnExit): void {
  addVerb(program, 'plan', 'show what runs in which order, and what waits for what')
    .argument('<flow>', 'flow file')
    .addOption(
      new Option('-f, --format <format>', 'how to show it: text, json, mermaid or dot')
        .argParser(oneOf(['text', 'json', 'mermaid', 'dot']))
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .addOption(
      new Option('-m, --mode <mode>', 'auto: also where each node starts while nothing of it is measured').argParser(
        oneOf(modes),
      ),
    )
    .option('--cache', 'also what `run --cache` would find in the cache, and why not more')
    .option('--explain', 'the same for the nodes marked cache="true" alone')
    .option('-i, --input <json>', "the flow's input, for the cache: JSON, @file, or - for standard input")
    .option('-s, --set <name=value>', 'give a config value, for the cache; may be repeated, the last of a name counts', collect)
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--state-dir <dir>', 'where times and the cache are kept (default: .flowscript beside the flow)')
    .option('--stub <file>', 'show the flow with stubs in it; may be repeated', collect)
    .addHelpText('after', examples('flowscript plan flow.xml', 'flowscript plan flow.xml --format dot | dot -Tsvg > plan.svg'))
    .action(async (flow, options) => onExit(await (await import('./plan.js')).plan(flow, options)));
}

function addNodes(program: Command, onExit: OnExit): void {
  addVerb(program, 'nodes', 'list the elements a flow can be made of, or explain one')
    .argument('[type]', 'an element, such as source:http, or a category, such as source')
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--json', 'as JSON')
    .addHelpText('after', examples('flowscript nodes', 'flowscript nodes foreach'))
    .action(async (type, options) => onExit(await (await import('./nodes.js')).nodes(type, options)));
}

function addRuns(program: Command, onExit: OnExit): void {
  addVerb(program, 'runs', 'list recorded runs, or show one: what failed, and how long its nodes took')
    .argument('[run]', 'the id of a run, its first characters, or last; or a flow file or its folder, for the runs')
    .option('--flow <file>', 'runs of this flow only')
    .option('--state-dir <dir>', 'where records are (default: .flowscript beside the flow, or in this folder)')
    .option('--keep <n>', 'first remove the oldest beyond so many of each flow', parseCount)
    .option('--json', 'as JSON')
    .addHelpText('after', examples('flowscript runs flows/rank.xml', 'flowscript runs last --flow flows/rank.xml'))
    .action(async (id, options) => onExit(await (await import('./runs.js')).runs(id, options)));
}

function addInit(program: Command, onExit: OnExit): void {
  addVerb(program, 'init', 'write a small project that runs')
    .argument('[dir]', 'folder to write it to', '.')
    .addHelpText('after', examples('flowscript init my-flow'))
    .action(async (folder) => onExit(await (await import('./init.js')).init(folder)));
}

function addTest(program: Command, onExit: OnExit): void {
  addVerb(program, 'test', 'run the tests that are kept beside flows, in files called FLOW.test.xml')
    .argument('<flow...>', 'flow files, test files, or folders to look for test files in')
    .option('-f, --filter <text>', 'only tests with this text in their name')
    .addOption(modeOption())
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--json', 'the results as JSON on stdout')
    .addHelpText(
      'after',
      `${examples('flowscript test flow.xml', 'flowscript test . --filter busy')}
\nExit codes:\n  0 all passed, 1 some failed, 2 a test file or its flow is broken`,
    )
    .action(async (flows, options) => onExit(await (await import('./test.js')).test(flows, options)));
}

function addBench(program: Command, onExit: OnExit): void {
  addVerb(program, 'bench', 'run a flow in every mode, in turns, and compare; its sinks write each time')
    .argument('<flow>', 'flow file')
    .addOption(new Option('-r, --runs <n>', 'runs in each mode').argParser(parseCount).default(3))
    .option('-i, --input <json>', "the flow's input: JSON, @file, or - for standard input")
    .option('-s, --set <name=value>', 'give a config value; may be repeated, the last of a name counts', collect)
    .option('-c, --max-concurrency <n>', 'tasks at work at one time (default: what the flow says, else the cores)', parseCount)
    .option('--secrets-file <file>', 'take secrets from NAME=value lines; others come from the environment')
    .option('-p, --plugin <module>', 'load a module that registers node types; may be repeated', collect)
    .option('--json', 'the figures as JSON on stdout')
    .addHelpText('after', examples('flowscript bench flow.xml --runs 5'))
    .action(async (flow, options) => onExit(await (await import('./bench.js')).bench(flow, options)));
}

function addImport(program: Command, onExit: OnExit): void {
  addVerb(program, 'import', 'turn the trace of a workflow that ran elsewhere into a flow that takes as long')
    .addArgument(new Argument('<format>', 'what the file holds: wfformat (1.5, of WfCommons)').argParser(oneOf(['wfformat'])))
    .argument('<file>', 'trace as JSON')
    .addOption(new Option('--scale <factor>', 'make every task that much shorter or longer').argParser(parseScale).default(1))
    .addOption(
      new Option('--as <kind>', 'what a task does with its time: cpu (computes) or wait')
        .argParser(oneOf(['cpu', 'wait']))
        .default('cpu'),
    )
    .option('-o, --output <flow>', "flow to write (default: the trace's name with .xml, here)")
    .addHelpText('after', examples('flowscript import wfformat trace.json --scale 0.01 --output flow.xml'))
    .action(async (_format, file, options) => onExit(await (await import('./import.js')).importTrace(file, options)));
}

function addCache(program: Command, onExit: OnExit): void {
  const cache = addVerb(program, 'cache', 'list, check or clear what the cache keeps of earlier runs');
  const add = (name: string, summary: string): Command =>
    addVerb(cache, name, summary, `cache ${name}`)
      .argument('[flow]', 'flow file, or the folder it lies in', '.')
      .option('--state-dir <dir>', 'where the cache lies (default: .flowscript beside the flow)')
      .option('--json', 'as JSON');
  add('ls', 'what is there, by node').action(async (flow, options) => {
    onExit(await (await import('./cache.js')).listCache(flow, options));
  });
  add('verify', 'read every result, and remove what is damaged (exit code 1 if there was any)').action(async (flow, options) => {
    onExit(await (await import('./cache.js')).verifyEntries(flow, options));
  });
  add('prune', 'remove results')
    .option('--older-than <duration>', 'those not used for longer: 12h, 7d', parseTimeout)
    .option('--max-size <size>', 'those not used for longest, until the rest takes no more: 500MB, 1GB', parseSize)
    .option('--all', 'everything')
    .addHelpText('after', examples('flowscript cache prune --older-than 7d'))
    .action(async (flow, options) => onExit(await (await import('./cache.js')).pruneEntries(flow, options)));
}

/** Subcommands take over the error handling of their parent, except the line of help. */
function addVerb(program: Command, name: string, summary: string, path = name): Command {
  return program.command(name).description(summary).showHelpAfterError(`  help: flowscript ${path} --help shows the usage.`);
}

const exitCodeHelp = `
Exit codes:
  0 done, 1 the flow failed, 2 the flow or the command is invalid, 3 failures were ignored (--fail-on-ignored),
  124 the flow's timeout, 130 interrupted (143 by SIGTERM)`;

function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

const modes = ['threads', 'async', 'auto'];

function modeOption(): Option {
  return new Option(
    '-m, --mode <mode>',
    'where work runs: threads (workers), async (this thread: neither a timeout nor Ctrl-C ends a loop that never yields) or auto (by measured time)',
  )
    .argParser(oneOf(modes))
    .default('threads');
}

function readVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
