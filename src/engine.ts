/// <reference lib="esnext.disposable" preserve="true" />
import path from 'node:path';
import type { RunCache } from './cache/open-cache.js';
import { cacheRules, wishOf } from './cache/rules.js';
import { expectPlace } from './dispatch/auto-nodes.js';
import type { Dispatcher } from './dispatch/dispatcher.js';
import { type ExecutionMode, engineClosed, executionModes, Pools } from './dispatch/pools.js';
import type { ThreadDispatcher } from './dispatch/thread-dispatcher.js';
import { usableCores } from './dispatch/usable-cores.js';
import { aCount, aText, type Check, finite, listOf, numberFrom, oneOf, readOptions } from './errors/options.js';
import { OpenRuns } from './execution/open-runs.js';
import { runFlow } from './execution/run.js';
import { type RunOptions, type RunResult, readRunOptions } from './execution/run-options.js';
import { tell } from './execution/tell.js';
import { CodeBook } from './keys/code-book.js';
import type { Execute } from './records/record-run.js';
import type { RecordSurroundings } from './records/run-record.js';
import { loadPlugins, resolvePlugin } from './runtimes/plugins.js';
import { registry } from './runtimes/registry.js';
import { assertWorkflow, flowWidth, widestLimit } from './validation/index.js';
import type { Workflow } from './workflow.js';

export interface EngineOptions {
  /**
   * Tasks that may run at one time, whatever a flow or block asks for.
   * @default the flow's `maxConcurrency`, or what its widest block asks for (at most 64 threads), or the available parallelism
   */
  readonly maxConcurrency?: number;
  /**
   * `threads`: worker threads; `async`: this thread, with the same isolation; `auto`: each task where it was measured to be faster.
   * @default "threads"
   */
  readonly mode?: ExecutionMode;
  /** Modules that register node types; loaded here and in every worker. */
  readonly plugins?: readonly string[];
  /** Heap limit of a worker, in MiB. A worker that reaches it fails its task with `WORKER_OUT_OF_MEMORY`. */
  readonly workerMemoryMb?: number;
  /** How long a task that asked for its `signal`, or `isCancelled()`, may clean up after a timeout or cancel. @default 1000 */
  readonly graceMs?: number;
}

/** Runs workflows. Keeps its worker threads between runs until it is closed; idle ones do not keep the process alive. */
export interface Engine extends AsyncDisposable {
  /**
   * Runs a workflow to its end; a failure of the flow is in the result, with all that finished.
   * @throws FlowError CONFIG_INVALID, SECRET_MISSING or POOL_CLOSED when nothing could run
   */
  run(workflow: Workflow, options?: RunOptions): Promise<RunResult>;
  /**
   * Starts worker threads ahead of the first run, in a pool for `maxConcurrency` tasks at one time (or what the engine's options say).
   * A run that needs another pool ends them and starts its own. Nothing to start in mode `async`.
   * @param maxConcurrency @default the available parallelism
   * @param threads How many to start; others follow when a run can use them. @default all of that pool
   * @throws FlowError WORKER_FAILED when a plugin cannot be loaded, POOL_CLOSED after `close()`
   */
  warm(maxConcurrency?: number, threads?: number): Promise<void>;
  /** Cancels what still runs, waits for its end, `<finally>` included, and ends the workers. Safe to call twice. */
  close(): Promise<void>;
}

/** @throws TypeError for options that are not what they should be */
export function createEngine(options: EngineOptions = {}): Engine {
  return new PooledEngine(readOptions(options, engineChecks, 'createEngine'));
}

const engineChecks: Readonly<Record<keyof EngineOptions, Check>> = {
  maxConcurrency: aCount,
  mode: oneOf(executionModes),
  plugins: listOf(aText),
  // A thread that cannot load what it runs would only die.
  workerMemoryMb: numberFrom(16, finite),
  graceMs: numberFrom(0),
};

class PooledEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #pools: Pools;
  /** What its threads have loaded. */
  #code: CodeBook | undefined;
  readonly #runs = new OpenRuns();
  #closing: Promise<void> | undefined;

  constructor(options: EngineOptions) {
    const { mode = 'threads', maxConcurrency, plugins = [], workerMemoryMb, graceMs } = options;
    this.#options = options;
    this.#pools = new Pools({ mode, maxConcurrency, plugins, memoryMb: workerMemoryMb, graceMs });
  }

  async run(workflow: Workflow, given: RunOptions = {}): Promise<RunResult> {
    this.#assertOpen();
    assertWorkflow(workflow, 'engine.run');
    const options = withOneWarning(readRunOptions(given));
    return this.#runs.start(options.signal, (signal) => this.#runTimed(workflow, { ...options, signal }));
  }

  async #runTimed(workflow: Workflow, options: RunOptions): Promise<RunResult> {
    if (options.timings !== true) return this.#run(workflow, options);
    const { LastTimes } = await import('./timings/last-times.js');
    const times = new LastTimes(workflow, options);
    const result = await this.#run(times.planned, options);
    times.keep(result, options);
    return result;
  }

  async #run(workflow: Workflow, options: RunOptions): Promise<RunResult> {
    await loadPlugins(this.#options.plugins ?? []);
    const limit = this.#options.maxConcurrency ?? workflow.ast.maxConcurrency ?? usableCores();
    const dispatcher = this.#pools.take(widestLimit(workflow.ast, limit));
    if (!options.signal?.aborted) prepare(dispatcher, workflow);
    const cache = await this.#openCache(workflow, options);
    if (cache !== undefined || options.record || options.resume !== undefined) await this.#readCode(workflow);
    const surroundings = { dispatcher, registry, maxConcurrency: limit, isAlone: cache?.isAlone };
    const execute: Execute = async ({ identity, decisions, known = [] }, own) => {
      const all = cache === undefined ? known : [...known, cache.outcomes];
      const result = await runFlow(workflow, { ...surroundings, identity, decisions, known: all }, own);
      return cache === undefined ? result : { ...result, cache: await cache.finish() };
    };
    if (!options.record && options.resume === undefined) return execute({}, options);
    const { recordRun } = await import('./records/record-run.js');
    const { mode, maxConcurrency } = dispatcher;
    return recordRun(workflow, options, { mode, maxConcurrency, definitions: this.#definitions() }, execute);
  }

  /** Undefined when no result can come from it. */
  async #openCache(workflow: Workflow, options: RunOptions): Promise<RunCache | undefined> {
    const rules = cacheRules(workflow, wishOf(options.cache));
    if (![...rules.values()].some(({ kind }) => kind === 'cached')) return undefined;
    const { openCache } = await import('./cache/open-cache.js');
    return openCache(workflow, options, { rules, ...this.#definitions() });
  }

  /** Before any task: code that is written later is seen to have changed. */
  async #readCode({ ast, workNodes }: Workflow): Promise<void> {
    const { Definitions } = await import('./keys/definitions.js');
    const definitions = new Definitions({ ...this.#definitions(), flowDirectory: path.dirname(path.resolve(ast.file)) });
    await Promise.all(Object.values(workNodes).map((node) => definitions.definitionOf([node])));
  }

  /** Modules are read once, as threads load them once. */
  #definitions(): RecordSurroundings['definitions'] {
    this.#code ??= new CodeBook();
    const plugins = (this.#options.plugins ?? []).map(resolvePlugin);
    return { code: this.#code, plugins, isReplaced: (type) => registry.isReplaced(type) };
  }

  async warm(maxConcurrency = usableCores(), threads?: number): Promise<void> {
    this.#assertOpen();
    aCount(maxConcurrency, 'maxConcurrency', 'engine.warm');
    if (threads !== undefined) aCount(threads, 'threads', 'engine.warm');
    await this.#pools.warm(maxConcurrency, threads);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw engineClosed();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#runs.cancel('the run was cancelled: its engine was closed');
    await this.#pools.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Record and cache lie in one folder: that it cannot be written to is said once. */
function withOneWarning(options: RunOptions): RunOptions {
  const { onNotice = (message, level) => level === 'warning' && process.emitWarning(message) } = options;
  let isWarned = false;
  return {
    ...options,
    onNotice: (message, level) => {
      if (level === 'warning' && isWarned) return;
      isWarned ||= level === 'warning';
      tell(() => onNotice(message, level));
    },
  };
}

/** Whether some work of the flow starts in a worker when nothing is known of it. */
function needsWorkers({ workNodes }: Workflow): boolean {
  return Object.values(workNodes).some((node) => expectPlace([node]) !== 'main-first');
}

/** Threads for what can run at one time. In mode `auto` they start while the run gets going; a failure to start is told by the first task. */
function prepare(dispatcher: Dispatcher | ThreadDispatcher, workflow: Workflow): void {
  if (!('warm' in dispatcher)) return;
  dispatcher.expect(flowWidth(workflow));
  if (dispatcher.mode === 'auto' && needsWorkers(workflow)) dispatcher.warm().catch(() => undefined);
}
