import { FlowError } from '../errors/flow-error.js';
import { Flight } from './flight.js';
import { SignalHub } from './signal-hub.js';
import { TaskQueue } from './task-queue.js';
import type { Dispatcher, DispatchOptions, Task, TaskReply } from './types.js';

/** Where tasks run: one thread, or many. */
export interface DispatchBody {
  readonly mode: Dispatcher['mode'];
  /** Tasks it could take right now, beside those it runs. */
  readonly free: number;
  /** Called when `free` has grown. */
  onFree: (() => void) | undefined;
  /** Resolves when this thread is done with it, whether or not every iteration has its outcome. Never rejects. */
  run(flight: Flight): Promise<void>;
  /** Stops a running flight. */
  cancel(flight: Flight): void;
  close(): Promise<void>;
}

/** The queue in front of a body: priority, cancels, and running again what a dead thread left undone. */
export class QueueDispatcher implements Dispatcher {
  readonly mode: Dispatcher['mode'];
  readonly maxConcurrency: number;
  readonly #body: DispatchBody;
  readonly #queue = new TaskQueue<Flight>();
  readonly #signals = new SignalHub();
  readonly #running = new Set<Flight>();
  #nextId = 0;
  #closing: Promise<void> | undefined;

  constructor(body: DispatchBody, maxConcurrency: number) {
    this.mode = body.mode;
    this.maxConcurrency = maxConcurrency;
    this.#body = body;
    body.onFree = () => this.#pump();
  }

  async dispatch(task: Task, options: DispatchOptions = {}): Promise<TaskReply> {
    if (this.#closing !== undefined) throw closedError();
    const flight = new Flight(this.#nextId++, task, options);
    const { signal } = options;
    if (signal?.aborted) {
      flight.cancelMissing();
      flight.land();
      return flight.reply;
    }
    const stopListening = signal && this.#signals.onAbort(signal, () => this.#cancel(flight));
    this.#queue.push(flight, task.priority, flight.id);
    this.#pump();
    return stopListening === undefined ? flight.reply : flight.reply.finally(stopListening);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (let flight = this.#queue.shift(); flight !== undefined; flight = this.#queue.shift()) this.#cancel(flight);
    for (const flight of this.#running) flight.isCancelled = true;
    await this.#body.close();
  }

  #pump(): void {
    while (this.#queue.size > 0 && this.#running.size < this.maxConcurrency && this.#body.free > 0) {
      const flight = this.#queue.shift();
      // A cancelled one stays in the queue until its turn: its reply has long been given.
      if (flight !== undefined && !flight.isDone) void this.#start(flight);
    }
  }

  async #start(flight: Flight): Promise<void> {
    this.#running.add(flight);
    await this.#body.run(flight);
    this.#running.delete(flight);
    if (flight.isCancelled || this.#closing !== undefined) flight.cancelMissing();
    if (flight.isDone) flight.land();
    else this.#queue.push(flight, flight.task.priority, flight.id);
    this.#pump();
  }

  #cancel(flight: Flight): void {
    flight.isCancelled = true;
    if (this.#running.has(flight)) {
      this.#body.cancel(flight);
      return;
    }
    flight.cancelMissing();
    flight.land();
  }
}

function closedError(): FlowError {
  return new FlowError('POOL_CLOSED', 'A task was given to a dispatcher that is closed', {
    hint: 'Create a new one, or close it only after the last run.',
  });
}
