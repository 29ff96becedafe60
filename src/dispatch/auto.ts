import { availableParallelism } from 'node:os';
import type { Place } from './auto-nodes.js';
import { Placement } from './auto-placement.js';
import { createInlineDispatcher } from './inline.js';
import { SignalHub } from './signal-hub.js';
import { TaskQueue } from './task-queue.js';
import { createThreadDispatcher, type ThreadDispatcher, type ThreadDispatcherOptions } from './threads.js';
import type { Dispatcher, DispatchOptions, Task, TaskReply } from './types.js';

/** Runs each task on this thread or on a worker, whichever was measured to be faster for its kind. */
export function createAutoDispatcher(options: ThreadDispatcherOptions): ThreadDispatcher {
  return new AutoDispatcher(options);
}

/** What starting threads costs: tasks of this sum go on here before they are started for tasks that could. In ms. */
const patienceMs = 20;
/** A task that takes longer here than threads take to start waits for them instead. */
const startMs = 50;

interface Waiting {
  readonly task: Task;
  readonly options: DispatchOptions;
  readonly resolve: (reply: Promise<TaskReply>) => void;
  isGone: boolean;
}

/** One queue in front of both places, so that the choice is made when a task starts, by what is known then. */
class AutoDispatcher implements ThreadDispatcher {
  readonly mode = 'auto';
  readonly maxConcurrency: number;
  readonly #places: { readonly main: Dispatcher; readonly worker: ThreadDispatcher };
  readonly #placement: Placement;
  readonly #queue = new TaskQueue<Waiting>();
  readonly #signals = new SignalHub();
  readonly #running = { main: 0, worker: 0 };
  #order = 0;
  #isClosed = false;
  #isWarm = false;
  #warming: Promise<readonly number[]> | undefined;
  #missedMs = 0;

  constructor(options: ThreadDispatcherOptions) {
    this.maxConcurrency = options.maxConcurrency;
    this.#places = { main: createInlineDispatcher(options), worker: createThreadDispatcher(options) };
    this.#placement = new Placement(Math.min(options.maxConcurrency, availableParallelism()));
  }

  dispatch(task: Task, options: DispatchOptions = {}): Promise<TaskReply> {
    if (this.#isClosed || options.signal?.aborted) return this.#places.main.dispatch(task, options);
    if (this.#queue.size === 0 && this.#runningTasks < this.maxConcurrency) return this.#run(task, options);
    return this.#enqueue(task, options);
  }

  warm(): Promise<readonly number[]> {
    this.#warming ??= this.#warm();
    return this.#warming;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) this.#cancel(waiting);
    await Promise.all([this.#places.main.close(), this.#places.worker.close()]);
  }

  get #runningTasks(): number {
    return this.#running.main + this.#running.worker;
  }

  async #warm(): Promise<readonly number[]> {
    const times = await this.#places.worker.warm();
    this.#isWarm = true;
    return times;
  }

  #enqueue(task: Task, options: DispatchOptions): Promise<TaskReply> {
    return new Promise((resolve) => {
      const { signal } = options;
      const waiting: Waiting = { task, options, isGone: false, resolve: (reply) => settle(reply) };
      const stopListening = signal && this.#signals.onAbort(signal, () => this.#cancel(waiting));
      const settle = (reply: Promise<TaskReply>) => {
        stopListening?.();
        resolve(reply);
      };
      this.#queue.push(waiting, task.priority, this.#order++);
    });
  }

  /** It stays in the queue until its turn: its reply is given now. */
  #cancel(waiting: Waiting): void {
    if (waiting.isGone) return;
    waiting.isGone = true;
    const { task, options, resolve } = waiting;
    resolve(this.#places.main.dispatch(task, { ...options, signal: AbortSignal.abort() }));
  }

  #pump(): void {
    while (this.#queue.size > 0 && this.#runningTasks < this.maxConcurrency && !this.#isClosed) {
      const waiting = this.#queue.shift();
      if (waiting === undefined || waiting.isGone) continue;
      waiting.isGone = true;
      waiting.resolve(this.#run(waiting.task, waiting.options));
    }
  }

  async #run(task: Task, options: DispatchOptions): Promise<TaskReply> {
    const wasShared = this.#isBusy;
    const place = this.#place(task);
    const other = place === 'main' ? 'worker' : 'main';
    const wasOdd = this.#running[other] > 0 || (place === 'worker' && !this.#isWarm);
    const since = performance.now();
    this.#running[place]++;
    try {
      const reply = await this.#places[place].dispatch(task, options);
      this.#running[place]--;
      if (place === 'worker') this.#isWarm = true;
      const isOdd = wasOdd || this.#running[other] > 0;
      this.#placement.learn(task, reply, { place, since, isOdd, isShared: wasShared || this.#isBusy });
      return placed(reply, place);
    } catch (thrown) {
      this.#running[place]--;
      throw thrown;
    } finally {
      this.#pump();
    }
  }

  get #isBusy(): boolean {
    return this.#runningTasks > 0 || this.#queue.size > 0;
  }

  #place(task: Task): Place {
    const traffic = { isShared: this.#isBusy, isMainBusy: this.#running.main > 0, isPoolWarm: this.#isWarm };
    const { place, mainMs } = this.#placement.choose(task, traffic);
    if (place === 'main' || this.#isWarm || mainMs === undefined || mainMs > startMs) return place;
    this.#missedMs += mainMs;
    // A failure to start is told by the first task that needs a thread.
    if (this.#missedMs > patienceMs) this.warm().catch(() => undefined);
    return 'main';
  }
}

/** Says of each node where it ran. Those of many items are told of by nobody. */
function placed(reply: TaskReply, place: Place): TaskReply {
  const [outcome] = reply.outcomes;
  if (outcome === undefined || reply.outcomes.length > 1) return reply;
  return { outcomes: [{ ...outcome, nodes: outcome.nodes.map((record) => ({ ...record, place })) }] };
}
