import { fileURLToPath } from 'node:url';
import { decodeError } from '../errors/wire.js';
import { Board, createBoards } from './board.js';
import { ControlSlot, createControlBlock } from './control-block.js';
import { PackageEncoder } from './encoded-package.js';
import type { Flight } from './flight.js';
import { Lanes } from './lanes.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply } from './messages.js';
import { nodeError } from './node-error.js';
import type { Berth, Parcel } from './parcel.js';
import { type DispatchBody, QueueDispatcher } from './queue-dispatcher.js';
import { SizedDispatcher } from './sized-dispatcher.js';
import type { ThreadDispatcher } from './thread-dispatcher.js';
import { ThreadGroup } from './thread-group.js';
import { deathError, startError, type Thread, type ThreadLimits, ThreadRun } from './thread-run.js';
import type { DispatcherOptions } from './types.js';
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

/** How often attempts that may have to be ended are looked at, in ms, and how often all others: each look takes a thread off its core. */
const watchMs = { timed: 20, other: 250 } as const;
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
  readonly #runs = new Map<number, ThreadRun>();
  /** Most often one; more where it turned out that more can be at work at one time. */
  readonly #groups: ThreadGroup[] = [];
  readonly #packages = new PackageEncoder();
  #expected: number | undefined;
  #threads = 0;
  #watch: { readonly timer: NodeJS.Timeout; readonly isClose: boolean } | undefined;
  #isClosed = false;

  constructor(options: ThreadDispatcherOptions) {
    const { maxConcurrency, graceMs = 1_000, startMs = 10_000 + perThreadMs * maxConcurrency, stackMs = 200 } = options;
    this.#options = options;
    this.#limits = { graceMs, startMs, stackMs };
    this.#control = createControlBlock(maxConcurrency);
    this.#boards = createBoards(maxConcurrency);
    this.#berths = Array.from({ length: maxConcurrency }, (_, position) => this.#berth(position));
  }

  get free(): number {
    return this.#groups.reduce((free, { replacing }) => free - replacing, this.#berths.length);
  }

  get idle(): number {
    return this.#groups.reduce((idle, { free }) => idle + Math.max(0, free), 0);
  }

  get hasStarted(): boolean {
    return this.#threads > 0;
  }

  /** Whether a thread is free that has started: a task sent now does not wait for one. */
  get isWarm(): boolean {
    return this.#groups.some((group) => group.isWarm);
  }

  /** As many threads start with the first task, or now if it has come; all of them when nobody says so. Another one starts whenever none is free. */
  expect(tasks: number): void {
    this.#expected = Math.max(this.#expected ?? 0, tasks);
    if (this.#threads > 0 && !this.#isClosed) this.#startUpTo(this.#expected);
  }

  /** Starts the threads that are expected, or one more. A failure to start is told by the first task that needs a thread. */
  startIfNoneFree(): void {
    if (this.#freeGroup !== undefined) return;
    this.#startUpTo(Math.max(this.#threads + 1, this.#expected ?? this.#options.maxConcurrency));
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
    clearTimeout(this.#watch?.timer);
    for (const run of this.#runs.values()) run.close();
    await Promise.all(this.#groups.map((group) => group.close()));
  }

  async warm(): Promise<readonly number[]> {
    this.#startUpTo(this.#expected ?? this.#options.maxConcurrency);
    const times = await Promise.all(this.#groups.map(({ warming }) => warming));
    return times.flat();
  }

  async #send(message: TaskMessage, run: ThreadRun): Promise<() => void> {
    const { parcel } = run;
    this.#runs.set(parcel.id, run);
    this.#watchOver(parcel.isTimed);
    parcel.onCancel = () => this.#watchOver(true);
    try {
      const reply = await this.#groupToUse().send(message, run, (thread) => this.#place(thread, message, run));
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
    if (thread !== undefined) thread.isProven = true;
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
    run.thread = thread;
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

  #watchOver(isClose: boolean): void {
    if (this.#isClosed || this.#watch?.isClose === true || this.#watch?.isClose === isClose) return;
    clearTimeout(this.#watch?.timer);
    const timer = setTimeout(() => this.#look(), isClose ? watchMs.timed : watchMs.other).unref();
    this.#watch = { timer, isClose };
  }

  #look(): void {
    this.#watch = undefined;
    const runs = [...this.#runs.values()];
    for (const run of runs) {
      run.check();
      run.parcel.intake.glance();
    }
    if (runs.length > 0) this.#watchOver(runs.some(({ parcel }) => parcel.isTimed));
  }

  get #freeGroup(): ThreadGroup | undefined {
    return this.#groups.find((group) => group.free > 0);
  }

  #groupToUse(): ThreadGroup {
    this.startIfNoneFree();
    const group = this.#freeGroup;
    if (group === undefined) throw new Error('A task was given to a pool without a free thread; `free` tells.');
    return group;
  }

  #startUpTo(threads: number): void {
    const { maxConcurrency, plugins = [], memoryMb } = this.#options;
    const { graceMs, startMs } = this.#limits;
    const size = Math.min(threads, maxConcurrency) - this.#threads;
    if (size <= 0) return;
    const data: PoolData = { control: this.#control, boards: this.#boards, plugins, graceMs };
    this.#threads += size;
    const listener = {
      onMessage: (message: PartMessage | StrayMessage) => this.#receive(message),
      onError: (thrown: unknown) => this.#warn(thrown),
      onReplaced: () => this.onFree?.(),
    };
    this.#groups.push(new ThreadGroup({ data, size, memoryMb, startMs }, listener));
  }

  #receive(message: PartMessage | StrayMessage): void {
    if (message.kind === 'stray') this.#warn(decodeError(message.error));
    else this.onStop?.(this.#runs.get(message.part.id)?.parcel.intake.receive(message.part) ?? []);
  }

  #warn(thrown: unknown): void {
    const warning = nodeError(thrown, {});
    if (this.#options.onWarning !== undefined) this.#options.onWarning(warning);
    else
      process.emitWarning(`An error escaped from node code after its task had ended: ${warning.message}`, {
        detail: foreignLines(warning.stack ?? ''),
      });
  }
}

function nothingLeft(): void {}

const ownFolder = fileURLToPath(new URL('..', import.meta.url));

/** A stack without lines of FlowScript, of Node and of what loads TypeScript, which tell its author nothing. */
function foreignLines(stack: string): string {
  const lines = stack.split('\n');
  return lines.filter((line) => !/^\s+at /.test(line) || !isOurs(line)).join('\n');
}

function isOurs(frame: string): boolean {
  return frame.includes(ownFolder) || frame.includes('node:') || /[\\/]node_modules[\\/]jiti[\\/]/.test(frame);
}
