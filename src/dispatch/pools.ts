import { FlowError } from '../errors/flow-error.js';
import { resolvePlugin } from '../runtimes/plugins.js';
import { createAutoDispatcher } from './auto.js';
import { Closings } from './closings.js';
import type { Dispatcher } from './dispatcher.js';
import { createInlineDispatcher } from './inline.js';
import type { ThreadDispatcher } from './thread-dispatcher.js';
import { createThreadDispatcher } from './threads.js';
import { usableCores } from './usable-cores.js';

const dispatcherOf = { threads: createThreadDispatcher, async: createInlineDispatcher, auto: createAutoDispatcher };

export type ExecutionMode = keyof typeof dispatcherOf;

export const executionModes = Object.keys(dispatcherOf) as readonly ExecutionMode[];

export interface PoolOptions {
  readonly mode: ExecutionMode;
  /** Of every pool, whatever is asked for. */
  readonly maxConcurrency: number | undefined;
  /** Modules that register node types; looked up when a pool is made. */
  readonly plugins: readonly string[];
  readonly memoryMb: number | undefined;
  readonly graceMs: number | undefined;
}

/** A thread costs about 7 MB and 30 ms to start: blocks that wait for many things at once do not get one each beyond this. */
const maxThreads = 64;

/** The dispatchers of an engine, kept between runs. By size: flows that ask for other sizes do not share one. */
export class Pools {
  readonly #options: PoolOptions;
  readonly #dispatchers = new Map<number, Dispatcher | ThreadDispatcher>();
  readonly #closings = new Closings();
  /** Size of the pool that was started before anybody had asked for that size. */
  #guess: number | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * For a run that could do with `wanted` tasks at one time.
   * @throws FlowError POOL_CLOSED after `close()`
   */
  take(wanted: number): Dispatcher | ThreadDispatcher {
    const dispatcher = this.#of(wanted);
    this.#settleGuess(dispatcher);
    return dispatcher;
  }

  /** Starts threads ahead of the first run: of the pool for `wanted` tasks at one time, `threads` as long as no more are needed, or all. */
  async warm(wanted: number, threads?: number): Promise<void> {
    const dispatcher = this.#of(wanted);
    this.#guess = dispatcher.maxConcurrency;
    if (!('warm' in dispatcher)) return;
    dispatcher.expect(threads ?? dispatcher.maxConcurrency);
    await dispatcher.warm();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const dispatcher of this.#dispatchers.values()) this.#closings.add(dispatcher.close());
    await this.#closings.settled();
  }

  /** The first run shows whether the pool that was started for it is the one it needs. */
  #settleGuess(needed: Dispatcher): void {
    const guessed = this.#guess === undefined ? undefined : this.#dispatchers.get(this.#guess);
    if (guessed !== undefined && guessed !== needed) {
      this.#dispatchers.delete(guessed.maxConcurrency);
      this.#closings.add(guessed.close());
    }
    this.#guess = undefined;
  }

  #of(wanted: number): Dispatcher | ThreadDispatcher {
    if (this.#isClosed) throw engineClosed();
    const { mode, maxConcurrency, plugins, memoryMb, graceMs } = this.#options;
    const size = maxConcurrency ?? (mode === 'async' ? wanted : threadsFor(wanted));
    let dispatcher = this.#dispatchers.get(size);
    if (!dispatcher) {
      const limits = { ...(memoryMb === undefined ? {} : { memoryMb }), ...(graceMs === undefined ? {} : { graceMs }) };
      dispatcher = dispatcherOf[mode]({ maxConcurrency: size, plugins: plugins.map(resolvePlugin), ...limits });
      this.#dispatchers.set(size, dispatcher);
    }
    return dispatcher;
  }
}

export function engineClosed(): FlowError {
  return new FlowError('POOL_CLOSED', 'this engine is closed', { hint: 'Create another with createEngine().' });
}

/** Reading how many cores there are takes a third of a millisecond, so only who needs it asks. */
function threadsFor(wanted: number): number {
  return wanted <= maxThreads ? wanted : Math.min(wanted, Math.max(maxThreads, usableCores()));
}
