import { FlowError } from '../errors/flow-error.js';
import { encode } from '../transport/encode.js';
import { ControlSlot, createControlBlock } from './control-block.js';
import { loadEnvironment } from './environment.js';
import type { Flight } from './flight.js';
import { Outbox } from './outbox.js';
import { PreparedPackage } from './prepared-package.js';
import { type DispatchBody, QueueDispatcher } from './queue-dispatcher.js';
import { runTask } from './run-task.js';
import type { Dispatcher, DispatcherOptions, RunPackage, TaskEnvironment } from './types.js';

/** Timers and I/O of the host wait at most about this long between iterations. */
const turnMs = 10;

/**
 * Runs tasks on this thread, with the isolation of threads: every value goes through the same encoding.
 * A timeout or cancel ends the wait for an attempt, but code that never yields cannot be stopped here.
 */
export function createInlineDispatcher(options: DispatcherOptions): Dispatcher {
  return new QueueDispatcher(new InlineBody(options), options.maxConcurrency);
}

class InlineBody implements DispatchBody {
  readonly mode = 'async';
  readonly free = Number.POSITIVE_INFINITY;
  onFree: (() => void) | undefined;
  readonly #plugins: readonly string[];
  readonly #graceMs: number;
  readonly #packages = new WeakMap<RunPackage, PreparedPackage>();
  readonly #slots = new Map<Flight, ControlSlot>();
  readonly #done = new Set<Promise<void>>();
  #environment: Promise<TaskEnvironment> | undefined;
  #turnEnds = 0;

  constructor({ plugins = [], graceMs = 1_000 }: DispatcherOptions) {
    this.#plugins = plugins;
    this.#graceMs = graceMs;
  }

  run(flight: Flight): Promise<void> {
    const run = this.#run(flight).catch((thrown: unknown) => flight.failMissing(unexpected(thrown)));
    this.#done.add(run);
    return run.finally(() => this.#done.delete(run));
  }

  cancel(flight: Flight): void {
    this.#slots.get(flight)?.cancel();
  }

  async close(): Promise<void> {
    for (const slot of this.#slots.values()) slot.cancel();
    await Promise.all(this.#done);
  }

  async #run(flight: Flight): Promise<void> {
    this.#environment ??= loadEnvironment(this.#plugins);
    const prepared = this.#prepare(flight.task.run, await this.#environment);
    const message = flight.compose(0);
    if (message === undefined) return;
    const slot = new ControlSlot(createControlBlock(1), 0);
    if (flight.isCancelled) slot.cancel();
    this.#slots.set(flight, slot);
    const outbox = new Outbox(flight.id, (part) => flight.receive(part));
    const hooks = { slot, outbox, graceMs: this.#graceMs, enter, breathe: () => this.#breathe() };
    const answer = await runTask(prepared, message, hooks).finally(() => this.#slots.delete(flight));
    flight.receive(answer.part);
  }

  #prepare(run: RunPackage, environment: TaskEnvironment): PreparedPackage {
    const known = this.#packages.get(run);
    if (known !== undefined) return known;
    const prepared = new PreparedPackage(encode(run), environment);
    this.#packages.set(run, prepared);
    return prepared;
  }

  #breathe(): Promise<void> | undefined {
    if (performance.now() < this.#turnEnds) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#turnEnds = performance.now() + turnMs;
        resolve();
      });
    });
  }
}

function enter<T>(_attempt: unknown, run: () => T): T {
  return run();
}

function unexpected(thrown: unknown): FlowError {
  if (thrown instanceof FlowError) return thrown;
  return new FlowError(
    'WORKER_FAILED',
    `The node types cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    {
      cause: thrown,
      hint: 'A plugin fails while it is imported: import it alone to see why.',
    },
  );
}
