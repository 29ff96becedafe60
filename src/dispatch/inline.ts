import { FlowError } from '../errors/flow-error.js';
import { enterHere } from './attempts-here.js';
import { ControlSlot, createControlBlock } from './control-block.js';
import type { Dispatcher, DispatcherOptions } from './dispatcher.js';
import { PackageEncoder } from './encoded-package.js';
import { loadEnvironment } from './environment.js';
import type { Flight } from './flight.js';
import type { TaskMessage } from './messages.js';
import { Outbox } from './outbox.js';
import type { Parcel } from './parcel.js';
import { PreparedPackage } from './prepared-package.js';
import { type DispatchBody, QueueDispatcher } from './queue-dispatcher.js';
import { runTasks } from './run-tasks.js';
import type { RunPackage, TaskEnvironment } from './types.js';

/** Timers and I/O of the host wait at most about this long between iterations. */
const turnMs = 10;

/**
 * Runs tasks on this thread, with the isolation of threads: every value goes through the same encoding.
 * A timeout or cancel ends the wait for an attempt, but code that never yields cannot be stopped here.
 */
export function createInlineDispatcher(options: DispatcherOptions): Dispatcher {
  return new QueueDispatcher(new InlineBody(options), options.maxConcurrency);
}

export class InlineBody implements DispatchBody {
  readonly mode = 'async';
  readonly packsTasks = false;
  readonly free = Number.POSITIVE_INFINITY;
  readonly idle = Number.POSITIVE_INFINITY;
  onFree: (() => void) | undefined;
  onStop: ((flights: readonly Flight[]) => void) | undefined;
  readonly #plugins: readonly string[];
  readonly #graceMs: number;
  readonly #packages = new WeakMap<RunPackage, PreparedPackage>();
  readonly #slots: ControlSlot[] = [];
  readonly #parcels = new Set<Parcel>();
  readonly #done = new Set<Promise<unknown>>();
  #environment: Promise<TaskEnvironment> | undefined;
  #turnEnds = 0;

  constructor({ plugins = [], graceMs = 1_000 }: DispatcherOptions) {
    this.#plugins = plugins;
    this.#graceMs = graceMs;
  }

  run(parcel: Parcel): Promise<() => void> {
    const run = this.#run(parcel).catch((thrown: unknown) => {
      parcel.manifest.failMissing(unexpected(thrown));
      return nothingLeft;
    });
    this.#done.add(run);
    return run.finally(() => this.#done.delete(run));
  }

  async close(): Promise<void> {
    for (const parcel of this.#parcels) for (const flight of parcel.flights) parcel.cancel(flight);
    await Promise.all(this.#done);
  }

  async #run(parcel: Parcel): Promise<() => void> {
    this.#environment ??= loadEnvironment(this.#plugins);
    const prepared = this.#prepare(parcel.run, await this.#environment);
    const slot = this.#slots.pop() ?? new ControlSlot(createControlBlock(1), 0);
    const message = parcel.compose({ position: 0, slot });
    if (message === undefined) return nothingLeft;
    this.#parcels.add(parcel);
    try {
      const { isTainted, part } = await this.#work(parcel, message, { prepared, slot });
      // Code that goes on unseen must not look at another task's slot.
      if (!isTainted) this.#slots.push(slot);
      return () => this.onStop?.(parcel.intake.receive(part));
    } finally {
      this.#parcels.delete(parcel);
      parcel.leaveBerth();
    }
  }

  #work(parcel: Parcel, message: TaskMessage, { prepared, slot }: { prepared: PreparedPackage; slot: ControlSlot }) {
    const outbox = new Outbox(parcel.id, (part) => this.onStop?.(parcel.intake.receive(part)));
    const hooks = { slot, outbox, graceMs: this.#graceMs, enter: enterHere, breathe: () => this.#breathe() };
    return runTasks(prepared, message, hooks);
  }

  #prepare(run: RunPackage, environment: TaskEnvironment): PreparedPackage {
    const known = this.#packages.get(run);
    if (known !== undefined) return known;
    const prepared = new PreparedPackage(new PackageEncoder().encode(run), environment);
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

function nothingLeft(): void {}

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
