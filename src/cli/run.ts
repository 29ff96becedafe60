import type { FlowError } from '../errors/flow-error.js';
import { createRedactor } from '../errors/redact.js';
import type { RunOptions, RunResult } from '../execution/run-options.js';
import type { Engine, EngineOptions, Workflow } from '../flowscript.js';
import { stateDirectoryOf } from '../records/state-folder.js';
import { checkFlowFile } from './check-flow-file.js';
import { checkThreads } from './check-threads.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { type GivenOptions, pluginOptions, readGiven } from './given-options.js';
import { guardProcess } from './guard-process.js';
import { guessWidth } from './guess-width.js';
import { watchInterrupts } from './interrupt.js';
import { createLiveReporter } from './live-reporter.js';
import { type DivertedStreams, divertStreams, type Write } from './output-streams.js';
import { paintFor } from './paint.js';
import { createSourceReader } from './read-source.js';
import { withStubs } from './read-stubs.js';
import { createJsonReporter, createPlainReporter, createQuietReporter, type Reporter, withoutDebug } from './reporter.js';
import type { RunCommandOptions } from './run-command-options.js';
import { warningNotes } from './warning-notes.js';
import { checkOutputFile, isStdout, renderOutput, writeOutputFile } from './write-output.js';
import { writeStubs } from './write-stubs.js';

/**
 * Runs a flow: result to stdout or a file, everything else to stderr.
 * @throws FlowError when nothing could run
 */
export async function run(file: string, options: RunCommandOptions): Promise<ExitCode> {
  if (options.mode !== 'async') checkThreads(options);
  await checkFlowFile(file);
  if (options.output !== undefined) await checkOutputFile(options.output, file);
  if (options.recordStubs !== undefined) await checkOutputFile(options.recordStubs, file, '--record-stubs');
  const engine = await openEngine(file, options);
  try {
    const { loadWorkflow } = await import('../workflow.js');
    const workflow = await withStubs(await loadWorkflow(file, pluginOptions(options)), options.stub);
    return await runLoaded(workflow, engine, options);
  } finally {
    await engine.close();
  }
}

/** Its threads start while the flow is being read. Plugins may print while they load, which is not for stdout: they wait. */
async function openEngine(file: string, options: RunCommandOptions): Promise<Engine> {
  const { createEngine } = await import('../engine.js');
  const engine = createEngine(engineOptions(options));
  const { mode = 'threads', plugin } = options;
  if (mode !== 'threads' || plugin !== undefined) return engine;
  const { maxConcurrency, threads } = await guessWidth(file);
  // Whatever keeps threads from starting is told by the run.
  engine.warm(maxConcurrency, threads).catch(() => undefined);
  return engine;
}

async function runLoaded(workflow: Workflow, engine: Engine, options: RunCommandOptions): Promise<ExitCode> {
  const given: GivenOptions = { ...recordOptions(options), ...(await readGiven(workflow, options)) };
  const redactor = createRedactor(given.secrets);
  const streams = divertStreams((text) => reporter.onPrinted(redactor.text(text)));
  const reporter = createReporter(workflow, options, streams.writeNotes);
  warningNotes(workflow.warnings).forEach(reporter.note);
  try {
    const unguard = guardProcess(redactor, options.mode);
    const { result, interruption } = await watchRun(workflow, engine, given, reporter).finally(unguard);
    if (interruption !== undefined && result.status === 'cancelled' && given.record)
      reporter.note(await resumeNote(workflow, result, options));
    if (options.explain) await explainCache(result, options, streams.writeNotes);
    await closeQuietly(engine);
    if (options.recordStubs !== undefined) {
      const written = await writeStubs(workflow, result, options.recordStubs, redactor);
      if (options.json === undefined) streams.writeNotes(written);
    }
    const { status, output, error } = result;
    if (status === 'completed') await deliver(output, options.output, streams.writeResult);
    else if (error !== undefined && interruption === undefined && options.json === undefined) {
      streams.writeNotes(redactor.text(await explain(error)));
    }
    if (result.ignoredFailures > 0 && options.failOnIgnored) return exitCodes.ignored;
    return interruption !== undefined && status !== 'completed' ? interruption : exitCodeOfResult(result);
  } catch (error) {
    throw redactor.value(error);
  } finally {
    streams.release();
  }
}

/** What workers have printed is all here only once they have ended. */
async function closeQuietly(engine: Engine): Promise<void> {
  await engine.close();
  await new Promise(setImmediate);
}

interface WatchedRun {
  readonly result: RunResult;
  /** The exit code that a signal asked for. */
  readonly interruption: ExitCode | undefined;
}

async function watchRun(workflow: Workflow, engine: Engine, given: GivenOptions, reporter: Reporter): Promise<WatchedRun> {
  const interruption = watchInterrupts(reporter.note, reporter.close);
  try {
    const watched = { signal: interruption.signal, onEvent: reporter.onEvent, onNotice: noticeTo(reporter) };
    const result = await engine.run(workflow, { ...given, ...watched });
    if (result.ignoredFailures > 0) reporter.note(ignoredNote(result.ignoredFailures));
    return { result, interruption: interruption.exitCode() };
  } finally {
    reporter.close();
    interruption.release();
  }
}

/** What was given and could not be kept is asked for: it may be a secret. */
async function resumeNote({ ast }: Workflow, { runId }: RunResult, options: RunCommandOptions): Promise<string> {
  const { resumeCommand } = await import('./resume-command.js');
  const { RunFolder, runsIn } = await import('../records/run-folder.js');
  const { withheld } = new RunFolder(runsIn(stateDirectoryOf(ast.file, options.stateDir)), runId).origin ?? {};
  const more = withheld === undefined ? '' : `, with --input and --set given again (${withheld}, so they were not kept)`;
  return `To go on where it was${more}: ${resumeCommand(ast.file, options)}`;
}

function ignoredNote(count: number): string {
  return `warning: ${count === 1 ? '1 failure was' : `${count} failures were`} ignored, as the flow says (onError, toleratedFailures, join)`;
}

function noticeTo({ note }: Reporter): NonNullable<RunOptions['onNotice']> {
  return (message, level) => note(level === 'warning' ? `warning: ${message}` : message);
}

/** What is kept of a run, and what it goes on from. */
function recordOptions({ record = true, keep, stateDir, resume, stub, chaos, cache }: RunCommandOptions): RunOptions {
  return {
    // Stubs and faults would say nothing about how long nodes take.
    timings: record && stub === undefined && chaos === undefined,
    record: record && (keep === undefined ? true : { keep }),
    ...(stateDir === undefined ? {} : { stateDirectory: stateDir }),
    ...(resume === undefined ? {} : { resume: resume === true ? 'last' : resume }),
    ...(cache === undefined ? {} : { cache }),
  };
}

function engineOptions({ mode, maxConcurrency, workerMemory, grace, plugin }: RunCommandOptions): EngineOptions {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(workerMemory === undefined ? {} : { workerMemoryMb: workerMemory }),
    ...(grace === undefined ? {} : { graceMs: grace }),
    ...(plugin === undefined ? {} : { plugins: plugin }),
  };
}

async function explainCache({ cache = [] }: RunResult, { json }: RunCommandOptions, write: Write): Promise<void> {
  const { renderCache } = await import('./render-cache.js');
  write(json ? `${JSON.stringify({ type: 'cache', nodes: cache })}\n` : `${renderCache(cache)}\n`);
}

function createReporter({ plan }: Workflow, options: RunCommandOptions, write: Write): Reporter {
  const { stderr } = process;
  const paint = paintFor(stderr);
  const planned = plan.vertices.map(({ id }) => id);
  if (options.json) return createJsonReporter(write);
  if (options.quiet) return createQuietReporter(write, paint);
  const isLive = stderr.isTTY && process.env['TERM'] !== 'dumb';
  const reporter = isLive
    ? createLiveReporter(write, paint, planned, () => stderr.columns || 80)
    : createPlainReporter(write, paint, planned);
  return options.verbose ? reporter : withoutDebug(reporter);
}

async function deliver(output: unknown, file: string | undefined, write: DivertedStreams['writeResult']): Promise<void> {
  const isForPeople = file !== undefined || process.stdout.isTTY;
  const text = renderOutput(output, isForPeople ? 2 : 0);
  if (file === undefined) await write(text);
  else await writeOutputFile(file, text, () => keepOnStdout(file, text, write));
}

/** What has failed as stdout would fail again, or say a part twice. */
async function keepOnStdout(file: string, text: string, write: DivertedStreams['writeResult']): Promise<string | undefined> {
  if ((await isStdout(file)) || !(await write(text))) return undefined;
  return 'The result went to stdout instead, so that it is not lost.';
}

/** The code frame shows the flow file as it is, with whatever its author wrote there. */
async function explain(error: FlowError): Promise<string> {
  const { renderError } = await import('./render-error.js');
  const rendering = { paint: paintFor(process.stderr), readSource: createSourceReader(), directory: process.cwd() };
  return `${renderError(error, rendering)}\n`;
}

function exitCodeOfResult({ status, error }: RunResult): ExitCode {
  if (status === 'completed') return exitCodes.done;
  return error?.code === 'FLOW_TIMEOUT' ? exitCodes.timeout : exitCodes.failed;
}
