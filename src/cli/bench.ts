import { usableCores } from '../dispatch/usable-cores.js';
import type { FlowError } from '../errors/flow-error.js';
import { createRedactor } from '../errors/redact.js';
import type { RunOptions, RunResult } from '../execution/run-options.js';
import type { Engine, EngineOptions, Workflow } from '../flowscript.js';
import { type MovingTime, movingTime } from '../transport/moving-time.js';
import { widestLimit } from '../validation/index.js';
import { type BenchReport, type BenchRun, summarise } from './bench-figures.js';
import { renderBench } from './bench-render.js';
import { type Bound, WorkMeter } from './bench-work.js';
import { checkFlowFile } from './check-flow-file.js';
import { checkThreads } from './check-threads.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { pluginOptions, readGiven } from './given-options.js';
import { guardProcess } from './guard-process.js';
import { type Interruption, watchInterrupts } from './interrupt.js';
import { type DivertedStreams, divertStreams } from './output-streams.js';
import { paintFor } from './paint.js';
import { createSourceReader } from './read-source.js';

export interface BenchCommandOptions {
  /** In each mode. */
  readonly runs: number;
  readonly input?: string;
  readonly set?: readonly string[];
  readonly maxConcurrency?: number;
  readonly secretsFile?: string;
  readonly plugin?: readonly string[];
  readonly json?: true;
}

type Mode = NonNullable<EngineOptions['mode']>;

const modes: readonly Mode[] = ['async', 'threads', 'auto'];

/**
 * Runs a flow in every mode, in turns, and writes how they compare to stdout: with threads that have started, and without results from
 * the cache. What the flow does, such as writing files, it does in every run; what it prints is dropped.
 * @throws FlowError when nothing could run
 */
export async function bench(file: string, options: BenchCommandOptions): Promise<ExitCode> {
  checkThreads(options);
  await checkFlowFile(file);
  const { loadWorkflow } = await import('../workflow.js');
  const workflow = await loadWorkflow(file, pluginOptions(options));
  const given = await readGiven(workflow, options);
  const streams = divertStreams(() => {});
  const interruption = watchInterrupts(
    (line) => streams.writeNotes(`${line}\n`),
    () => {},
  );
  const unguard = guardProcess(createRedactor(given.secrets), 'auto');
  try {
    // What is marked as cached would be done in the first run alone.
    const uncached = { ...given, cache: false, signal: interruption.signal };
    const report = await measure({ workflow, given: uncached, options, streams }).finally(unguard);
    await streams.writeResult(options.json ? `${JSON.stringify(report)}\n` : renderBench(report, paintFor(process.stdout)));
    return exitCodes.done;
  } catch (thrown) {
    if (!(thrown instanceof FailedRun)) throw thrown;
    return await explain(thrown.result, interruption, streams);
  } finally {
    interruption.release();
    streams.release();
  }
}

/** A run that did not complete: there is nothing to compare. */
class FailedRun extends Error {
  readonly result: RunResult;

  constructor(result: RunResult) {
    super(`the run ended as ${result.status}`);
    this.result = result;
  }
}

interface Measuring {
  readonly workflow: Workflow;
  readonly given: RunOptions;
  readonly options: BenchCommandOptions;
  readonly streams: DivertedStreams;
}

async function measure({ workflow, given, options, streams }: Measuring): Promise<BenchReport> {
  const { createEngine } = await import('../engine.js');
  const workers = options.maxConcurrency ?? workflow.ast.maxConcurrency ?? usableCores();
  streams.writeNotes('adding up the work\n');
  const bound = await measureBound(workflow, given, { workers, plugins: options.plugin ?? [] });
  const engines = modes.map((mode) => ({ mode, engine: createEngine({ ...engineOptions(options), mode }) }));
  try {
    const threads = widestLimit(workflow.ast, workers);
    for (const { engine } of engines) await engine.warm(threads);
    const runs: BenchRun[] = [];
    for (let round = 1; round <= options.runs; round++) {
      // The mode that goes first changes, so that none always runs on the colder machine.
      for (const { mode, engine } of round % 2 === 0 ? engines.toReversed() : engines) {
        const run = { mode, ...(await timeRun(engine, workflow, given)) };
        streams.writeNotes(`run ${round} of ${options.runs}, ${mode}: ${Math.round(run.wallMs)} ms\n`);
        runs.push(run);
      }
    }
    return summarise(runs, bound, { cores: usableCores(), workers: Math.min(workers, usableCores()) });
  } finally {
    await Promise.all(engines.map(({ engine }) => engine.close()));
  }
}

/** One run, task by task on one thread: the only way in which no task's time holds another's. */
async function measureBound(
  workflow: Workflow,
  given: RunOptions,
  { workers, plugins }: { readonly workers: number; readonly plugins: readonly string[] },
): Promise<Bound> {
  const [{ createInlineDispatcher }, { runFlow }, { registry }, { resolvePlugin }] = await Promise.all([
    import('../dispatch/inline.js'),
    import('../execution/run.js'),
    import('../runtimes/registry.js'),
    import('../runtimes/plugins.js'),
  ]);
  const inline = createInlineDispatcher({ maxConcurrency: 1, plugins: plugins.map(resolvePlugin) });
  try {
    // Code that runs for the first time is slow: the runs that are compared would beat such a bound.
    assertCompleted(await runFlow(workflow, { dispatcher: inline, registry, maxConcurrency: 1 }, given));
    const meter = new WorkMeter(workflow.ast.nodes);
    const dispatcher = meter.watch(inline);
    assertCompleted(await runFlow(workflow, { dispatcher, registry, maxConcurrency: 1 }, given));
    return meter.bound(workflow.plan, Math.min(workers, usableCores()));
  } finally {
    await inline.close();
  }
}

async function timeRun(engine: Engine, workflow: Workflow, given: RunOptions): Promise<Omit<BenchRun, 'mode'>> {
  let movingMs = 0;
  const listen = (message: unknown) => {
    movingMs += (message as MovingTime).ms;
  };
  movingTime.subscribe(listen);
  try {
    const began = performance.now();
    assertCompleted(await engine.run(workflow, given));
    return { wallMs: performance.now() - began, movingMs };
  } finally {
    movingTime.unsubscribe(listen);
  }
}

function assertCompleted(result: RunResult): void {
  if (result.status !== 'completed') throw new FailedRun(result);
}

function engineOptions({ maxConcurrency, plugin }: BenchCommandOptions): EngineOptions {
  return {
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(plugin === undefined ? {} : { plugins: plugin }),
  };
}

async function explain({ error }: RunResult, interruption: Interruption, streams: DivertedStreams): Promise<ExitCode> {
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined || error === undefined) return interrupted ?? exitCodes.failed;
  streams.writeNotes(`${await render(error)}\n`);
  return exitCodes.failed;
}

async function render(error: FlowError): Promise<string> {
  const { renderError } = await import('./render-error.js');
  return renderError(error, { paint: paintFor(process.stderr), readSource: createSourceReader(), directory: process.cwd() });
}
