import { decodeError } from '../errors/wire.js';
import { Board, createBoards } from './board.js';
import { ControlSlot, createControlBlock } from './control-block.js';
import type { DispatcherOptions } from './dispatcher.js';
import { PackageEncoder } from './encoded-package.js';
import type { Flight } from './flight.js';
import { Lanes } from './lanes.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply } from './messages.js';
import { nodeError } from './node-error.js';
import type { Berth, Parcel } from './parcel.js';
import { type DispatchBody, QueueDispatcher } from './queue-dispatcher.js';
import { RunWatch } from './run-watch.js';
import { SizedDispatcher } from './sized-dispatcher.js';
import type { ThreadDispatcher } from './thread-dispatcher.js';
import { deathError, startError } from './thread-errors.js';
import { ThreadGroup } from './thread-group.js';
import { ThreadPool } from './thread-pool.js';
import { type Thread, type ThreadLimits, ThreadRun } from './thread-run.js';
import { warnOfStray } from './warn-of-stray.js';
import { packagesKept } from './worker-host.js';

/** All threads of a pool start at once and share the cores while they do; on a busy machine one needs most of a second of its own. */
const perThreadMs = 1_000;

export interface ThreadDispatcherOptions extends DispatcherOptions {
  /** Old-generation heap limit of each worker thread, in MiB. External memory (buffers) does not count. */
  readonly memoryMb?: number | undefined;
  /** How long a thread may take to load its modules. @default 10 s, and one more for each thread of the pool */
  readonly startMs?: number | undefined;
  /** How long ending a thread whose time is up may be put off to learn where it is. @default 200 */
  readonly stackMs?: number | undefined;
}

/** Runs tasks on a pool of worker threads, one task at a time on each. An idle pool does not keep the process alive. */
export function createThreadDispatcher(options: ThreadDispatcherOptions): ThreadDispatcher {
  const lanes = new Lanes(options.maxConcurrency);
  return new SizedDispatcher(openThreads(options, lanes), (limits) => openThreads({ ...options, ...limits }, lanes));
}

/** A pool whose threads have all the same limits. `lanes`: how many tasks may run at one time, other pools included. */
export function openThreads(options: ThreadDispatcherOptions, lanes: Lanes): ThreadDispatcher {
  const body = new ThreadBody(options);
  return Object.assign(new QueueDispatcher(body, options.maxConcurrency, lanes), {
    expect: (tasks: number) => body.expect(tasks),
    warm: () => body.warm(),
  });
}

/** A task whose threads keep dying between its attempts is given up after this many. */
const strayDeathLimit = 3;

export class ThreadBody implements DispatchBody {
  readonly mode = 'threads';
  readonly packsTasks = true;
  onFree: (() => void) | undefined;
  onStop: ((flights: readonly Flight[]) => void) | undefined;
  readonly #options: ThreadDispatcherOptions;
  readonly #limits: ThreadLimits;
  readonly #control: SharedArrayBuffer;
  readonly #boards: SharedArrayBuffer;
  readonly #berths: Berth[];
  readonly #pool: ThreadPool;
  readonly #runs = new Map<number, ThreadRun>();
  readonly #watch = new RunWatch(this.#runs);
  readonly #packages = new PackageEncoder();
  #isClosed = false;

  constructor(options: ThreadDispatcherOptions) {
    const { maxConcurrency, graceMs = 1_000, startMs = 10_000 + perThreadMs * maxConcurrency, stackMs = 200 } = options;
    this.#options = options;
    this.#limits = { graceMs, startMs, stackMs };
    this.#control = createControlBlock(maxConcurrency);
    this.#boards = createBoards(maxConcurrency);
    this.#berths = Array.from({ length: maxConcurrency }, (_, position) => this.#berth(position));
    this.#pool = new ThreadPool(maxConcurrency, (size) => this.#startGroup(size));
  }

  get free(): number {
    return this.#berths.length - this.#pool.replacing;
  }

  get idle(): number {
    return this.#pool.idle;
  }

  get hasStarted(): boolean {
    return this.#pool.hasStarted;
  }

  get isWarm(): boolean {
    return this.#pool.isWarm;
  }

  expect(tasks: number): void {
    this.#pool.expect(tasks);
  }

  startIfNoneFree(): void {
    this.#pool.startIfNoneFree();
  }

  warm(): Promise<readonly number[]> {
    return this.#pool.warm();
  }

  async run(parcel: Parcel): Promise<() => void> {
    const berth = this.#berths.pop();
    if (berth === undefined) return nothingLeft;
    try {
      const message = this.#compose(parcel, berth);
      if (message === undefined) return nothingLeft;
      return await this.#send(message, new ThreadRun(parcel, berth.slot, this.#limits));
    } finally {
      parcel.leaveBerth();
      this.#berths.push(berth);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch.close();
    for (const run of this.#runs.values()) run.close();
    await this.#pool.close();
  }

  async #send(message: TaskMessage, run: ThreadRun): Promise<() => void> {
    const { parcel } = run;
    this.#runs.set(parcel.id, run);
    this.#watch.start(parcel.isTimed);
    parcel.onCancel = () => this.#watch.start(true);
    try {
      const reply = await this.#pool.take().send(message, run, (thread) => this.#place(thread, message, run));
      return await this.#take(reply, run);
    } catch (thrown) {
      this.#bury(run, thrown);
      return nothingLeft;
    } finally {
      this.#runs.delete(parcel.id);
    }
  }

  async #take(reply: WorkerReply, { parcel, thread }: ThreadRun): Promise<() => void> {
    if (reply.kind === 'package-unknown') thread?.packages.delete(parcel.run.key);
    if (reply.kind === 'load-failed') parcel.manifest.failMissing(startError(decodeError(reply.error), this.#limits.startMs));
    if (reply.kind !== 'done') return nothingLeft;
    if (thread !== undefined) Object.assign(thread, { isProven: true, isTainted: reply.isTainted });
    if (reply.partsBefore > 0) await parcel.intake.received(reply.partsBefore);
    if (reply.isTainted && thread !== undefined) await thread.worker.terminate();
    return () => this.onStop?.(parcel.intake.receive(reply.part));
  }

  #bury(run: ThreadRun, thrown: unknown): void {
    const { parcel, thread } = run;
    parcel.intake.recover();
    if (run.neverStarted && thread?.isProven !== true && !this.#isClosed) {
      parcel.manifest.failMissing(startError(thrown, this.#limits.startMs));
    }
    const stray = run.bury(thrown);
    if (stray !== undefined && stray.strayDeaths > strayDeathLimit) {
      parcel.manifest.failMissing(deathError(thrown, stray.task.nodeIds[0] ?? ''), stray);
    }
  }

  #place(thread: Thread, message: TaskMessage, run: ThreadRun): void {
    run.place(thread);
    if (thread.packages.has(message.packageKey)) return;
    message.package = this.#packages.encode(run.parcel.run);
    thread.packages.add(message.packageKey);
    const [oldest] = thread.packages;
    if (thread.packages.size > packagesKept && oldest !== undefined) thread.packages.delete(oldest);
  }

  /** Undefined where it cannot cross to a thread, or where there is nothing to be sent: each iteration has its error then. */
  #compose(parcel: Parcel, berth: Berth): TaskMessage | undefined {
    try {
      this.#packages.encode(parcel.run);
      return parcel.compose(berth);
    } catch (thrown) {
      parcel.manifest.failMissing(nodeError(thrown, {}));
      return undefined;
    }
  }

  #berth(position: number): Berth {
    return { position, slot: new ControlSlot(this.#control, position), board: new Board(this.#boards, position) };
  }

  #startGroup(size: number): ThreadGroup {
    const { plugins = [], memoryMb } = this.#options;
    const { graceMs, startMs } = this.#limits;
    const data: PoolData = { control: this.#control, boards: this.#boards, plugins, graceMs };
    const listener = {
      onMessage: (message: PartMessage | StrayMessage) => this.#receive(message),
      onError: (thrown: unknown) => this.#warn(thrown),
      onReplaced: () => this.onFree?.(),
    };
    return new ThreadGroup({ data, size, memoryMb, startMs }, listener);
  }

  #receive(message: PartMessage | StrayMessage): void {
    if (message.kind === 'stray') this.#warn(decodeError(message.error));
    else this.onStop?.(this.#runs.get(message.part.id)?.parcel.intake.receive(message.part) ?? []);
  }

  #warn(thrown: unknown): void {
    warnOfStray(thrown, this.#options.onWarning);
  }
}

function nothingLeft(): void {}
