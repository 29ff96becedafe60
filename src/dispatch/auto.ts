import type { Place } from './auto-nodes.js';
import { Placement } from './auto-placement.js';
import type { Flight } from './flight.js';
import { InlineBody } from './inline.js';
import { Lanes } from './lanes.js';
import type { Parcel } from './parcel.js';
import { type DispatchBody, QueueDispatcher } from './queue-dispatcher.js';
import { SizedDispatcher } from './sized-dispatcher.js';
import type { ThreadDispatcher } from './thread-dispatcher.js';
import { openThreads, ThreadBody, type ThreadDispatcherOptions } from './threads.js';
import type { Task } from './types.js';
import { usableCores } from './usable-cores.js';

/** Runs each task on this thread or on a worker, whichever was measured to be faster for its kind. */
export function createAutoDispatcher(options: ThreadDispatcherOptions): ThreadDispatcher {
  const body = new AutoBody(options);
  const lanes = new Lanes(options.maxConcurrency);
  const base = Object.assign(new QueueDispatcher(body, options.maxConcurrency, lanes), {
    expect: (tasks: number) => body.expect(tasks),
    warm: () => body.warm(),
  });
  return new SizedDispatcher(base, (limits) => openThreads({ ...options, ...limits }, lanes));
}

/** What starting threads costs: tasks of this sum go on here before they are started for tasks that could. In ms. */
const patienceMs = 20;
/** A task that takes longer here than threads take to start waits for them instead. */
const startMs = 50;

/** Both places behind one queue, so that the choice is made when a message starts, by what is known then. */
class AutoBody implements DispatchBody {
  readonly mode = 'auto';
  readonly packsTasks = true;
  onFree: (() => void) | undefined;
  onStop: ((flights: readonly Flight[]) => void) | undefined;
  readonly #main: InlineBody;
  readonly #threads: ThreadBody;
  readonly #placement: Placement;
  readonly #running = { main: 0, worker: 0 };
  #missedMs = 0;
  /** Something must go to a worker, and all threads still replace dead ones. */
  #isStuck = false;

  constructor(options: ThreadDispatcherOptions) {
    this.#main = new InlineBody(options);
    this.#threads = new ThreadBody(options);
    this.#placement = new Placement(Math.min(options.maxConcurrency, usableCores()));
    for (const body of [this.#main, this.#threads]) body.onStop = (flights) => this.onStop?.(flights);
    this.#threads.onFree = () => {
      this.#isStuck = false;
      this.onFree?.();
    };
  }

  get free(): number {
    return this.#threads.free > 0 || this.#isStuck ? this.#threads.free : 1;
  }

  get idle(): number {
    return this.#threads.hasStarted ? this.#threads.idle : this.free;
  }

  /** Tasks that call the same code, so that the times of a message are those of one kind. */
  mayShare(one: Task, other: Task): boolean {
    return this.#placement.areOfOneKind(one, other);
  }

  async run(parcel: Parcel, isBusy: () => boolean): Promise<() => void> {
    // A batch is seldom the only one of its block.
    const wasShared = parcel.task.isDivisible === true || isBusy();
    const place = this.#choose(parcel, wasShared);
    if (place === 'worker' && this.#threads.free <= 0) {
      this.#isStuck = true;
      return nothingLeft;
    }
    const other = place === 'main' ? 'worker' : 'main';
    const wasOdd = this.#running[other] > 0 || (place === 'worker' && !this.#threads.isWarm);
    const since = performance.now();
    this.#running[place]++;
    parcel.place = place;
    const takeRest = await (place === 'main' ? this.#main : this.#threads).run(parcel);
    this.#running[place]--;
    const trip = { place, since, isShared: wasShared || isBusy(), isOdd: wasOdd || this.#running[other] > 0 };
    return () => {
      takeRest();
      const { outcomes } = parcel;
      if (outcomes.length > 0) this.#placement.learn(parcel.task, outcomes, { ...trip, until: performance.now() });
    };
  }

  expect(tasks: number): void {
    this.#threads.expect(tasks);
  }

  warm(): Promise<readonly number[]> {
    return this.#threads.warm();
  }

  async close(): Promise<void> {
    await Promise.all([this.#main.close(), this.#threads.close()]);
  }

  #choose({ task, size }: Parcel, isShared: boolean): Place {
    const { isWarm } = this.#threads;
    const traffic = { items: size, isShared, isMainBusy: this.#running.main > 0, isPoolWarm: isWarm };
    const { place, mainMs } = this.#placement.choose(task, traffic);
    if (place === 'main' || isWarm || mainMs === undefined || mainMs > startMs) return place;
    this.#missedMs += mainMs;
    if (this.#missedMs > patienceMs) {
      this.#missedMs = 0;
      this.#threads.startIfNoneFree();
    }
    return 'main';
  }
}

function nothingLeft(): void {}
