import { FlowError } from '../errors/flow-error.js';
import type { Dispatcher, DispatchOptions } from './dispatcher.js';
import { Flight } from './flight.js';
import { FlightQueue } from './flight-queue.js';
import { Lanes } from './lanes.js';
import { Packer, type PackingRules } from './packer.js';
import type { Parcel } from './parcel.js';
import { SignalHub } from './signal-hub.js';
import { TaskTimes } from './task-times.js';
import type { Task, TaskReply } from './types.js';

/** Where tasks run: one thread, or many. */
export interface DispatchBody extends PackingRules {
  readonly mode: Dispatcher['mode'];
  /** Messages it could take right now, beside those it works on. */
  readonly free: number;
  /** Of those, the ones on threads that have been started, where there are threads. */
  readonly idle: number;
  /** Called when `free` has grown. */
  onFree: (() => void) | undefined;
  /** Called with tasks that a failure has ended. */
  onStop: ((flights: readonly Flight[]) => void) | undefined;
  /**
   * Resolves when this thread is done with it, whether or not every iteration has its outcome, with what is left to be
   * taken in of its answer. Never rejects. `isBusy`: whether other tasks run or wait.
   */
  run(parcel: Parcel, isBusy: () => boolean): Promise<() => void>;
  close(): Promise<void>;
}

/** Work that is worth moving to a thread that has nothing to do. */
const movingMs = 1;
/** How often, in ms, is looked whether a thread without work can help one that takes longer than was expected. */
const helpMs = 20;

/** The queue in front of a body: what starts when, what is moved to another thread or cancelled, and running again what a dead thread left undone. */
export class QueueDispatcher implements Dispatcher {
  readonly mode: Dispatcher['mode'];
  readonly maxConcurrency: number;
  readonly packsTasks: boolean;
  readonly #body: DispatchBody;
  readonly #lanes: Lanes;
  readonly #leaveLanes: () => void;
  readonly #queue = new FlightQueue();
  readonly #times = new TaskTimes();
  readonly #packer: Packer;
  readonly #signals = new SignalHub();
  readonly #running = new Set<Parcel>();
  readonly #isBusy = () => this.#running.size > 1 || this.#queue.size > 0;
  #helping: NodeJS.Timeout | undefined;
  #nextId = 0;
  #closing: Promise<void> | undefined;

  /** `lanes`: shared with other queues, where there are any. */
  constructor(body: DispatchBody, maxConcurrency: number, lanes: Lanes = new Lanes(maxConcurrency)) {
    this.mode = body.mode;
    this.packsTasks = body.packsTasks;
    this.maxConcurrency = maxConcurrency;
    this.#body = body;
    this.#packer = new Packer(this.#queue, this.#times, body, maxConcurrency);
    this.#lanes = lanes;
    this.#leaveLanes = lanes.join(() => this.#pump());
    body.onFree = () => this.#pump();
    body.onStop = (flights) => {
      for (const flight of flights) this.#cancel(flight);
    };
  }

  expectMs(task: Pick<Task, 'run' | 'nodeIds'>): number | undefined {
    return this.#times.expect(task);
  }

  dispatch(task: Task, options: DispatchOptions = {}): Promise<TaskReply> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    const flight = new Flight(this.#nextId++, task, options);
    const reply = this.#replyOf(flight, options.signal);
    if (options.signal?.aborted) {
      flight.cancelUnsent();
      return reply;
    }
    this.#queue.push(flight);
    this.#pump();
    if (flight.isQueued) this.#overtake(task.priority);
    return reply;
  }

  #replyOf(flight: Flight, signal: AbortSignal | undefined): Promise<TaskReply> {
    const isLate = signal?.aborted === true;
    const stopListening =
      signal && !isLate ? this.#signals.onAbort(signal, () => this.#cancel(flight, signal.reason)) : undefined;
    return new Promise((resolve) => {
      flight.onLanded = (reply) => {
        stopListening?.();
        if (this.packsTasks && !isLate) this.#times.learn(flight.task, reply.outcomes);
        resolve(reply);
      };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (let flight = this.#queue.shift(); flight !== undefined; flight = this.#queue.shift()) this.#cancel(flight);
    for (const { flights } of this.#running) for (const flight of flights) flight.isCancelled = true;
    this.#leaveLanes();
    clearTimeout(this.#helping);
    await this.#body.close();
  }

  get #hasRoom(): boolean {
    return this.#running.size < this.maxConcurrency && this.#body.free > 0 && this.#lanes.isFree;
  }

  #pump(): void {
    while (this.#hasRoom) {
      const first = this.#queue.shift();
      if (first === undefined) {
        if (this.packsTasks && this.#running.size > 0) this.#helpLater();
        return;
      }
      void this.#start(this.#packer.pack(this.#nextId++, first));
    }
  }

  /** What waits on a thread makes way for a task that is more urgent. */
  #overtake(priority: number): void {
    for (const parcel of this.#running) {
      if (parcel.lowestPriority >= priority) continue;
      for (const flight of parcel.withdrawBelow(priority)) this.#queue.push(flight);
    }
  }

  async #start(parcel: Parcel): Promise<void> {
    this.#running.add(parcel);
    this.#lanes.take();
    const takeRest = await this.#body.run(parcel, this.#isBusy);
    this.#running.delete(parcel);
    this.#lanes.release();
    // The thread gets its next message before this one's answer is read.
    this.#lanes.offer();
    takeRest();
    parcel.manifest.returnUndone();
    for (const flight of parcel.flights) {
      if (flight.isCancelled || this.#closing !== undefined) flight.cancelUnsent();
      else this.#queue.push(flight);
    }
    parcel.discard();
    this.#pump();
    // Whoever waits for these replies goes first: it may have more to do than could be moved.
    setImmediate(() => this.#rebalance(movingMs));
  }

  /** A thread that has nothing to do takes over what another one has not come to. */
  #rebalance(worthMs: number): void {
    if (this.#queue.size > 0 || !this.#hasRoom || this.#body.idle <= 0) return;
    for (const parcel of this.#running) {
      const last = parcel.flights.at(-1);
      const iterationMs = (last && this.#times.expect(last.task)) ?? Number.POSITIVE_INFINITY;
      const { movable } = parcel;
      if (movable === 0) continue;
      if (movable * iterationMs < worthMs) {
        this.#helpLater();
        continue;
      }
      for (const flight of parcel.withdrawHalf()) this.#queue.push(flight);
      this.#pump();
      this.#helpLater();
      return;
    }
  }

  #helpLater(): void {
    this.#helping ??= setTimeout(() => this.#help(), helpMs).unref();
  }

  #help(): void {
    this.#helping = undefined;
    this.#rebalance(0);
  }

  #cancel(flight: Flight, reason?: unknown): void {
    flight.isCancelled = true;
    flight.isOverdue = isImpatience(reason);
    flight.cancelUnsent();
    for (const parcel of this.#running) if (parcel.flights.includes(flight)) parcel.cancel(flight);
  }
}

/** A block that is decided, or a run that has failed, stops the rest in passing; a timeout and a user do so because of the rest. */
function isImpatience(reason: unknown): boolean {
  return reason !== undefined && !(reason instanceof FlowError && reason.code === 'RUN_CANCELLED');
}

function closedError(): FlowError {
  return new FlowError('POOL_CLOSED', 'A task was given to a dispatcher that is closed', {
    hint: 'Create a new one, or close it only after the last run.',
  });
}
