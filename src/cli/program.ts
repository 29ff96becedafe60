import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { addCache } from './define-cache.js';
import { addRun } from './define-run.js';
import { addVerb, examples, modeOption, modes, type OnExit } from './define-verb.js';
import { collect, oneOf, parseCount, parsePresent, parseScale } from './option-values.js';
import { assertWorkingFolder } from './working-folder.js';

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
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
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
    .option('--state-dir <dir>', 'where times and the cache are kept (default: .flowscript beside the flow)', parsePresent)
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
    .option('--state-dir <dir>', 'where records are (default: .flowscript beside the flow, or in this folder)', parsePresent)
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

function readVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
