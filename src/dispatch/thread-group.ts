import { decodeError } from '../errors/wire.js';
import { transferList } from '../transport/pack.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply } from './messages.js';
import { type OpenPool, openPool } from './open-pool.js';
import { startError, type Thread, type ThreadRun } from './thread-run.js';

export interface ThreadGroupOptions {
  readonly data: PoolData;
  readonly size: number;
  /** Heap limit of each, in MiB. */
  readonly memoryMb: number | undefined;
  /** How long a thread may take to load its modules. */
  readonly startMs: number;
}

export interface ThreadGroupListener {
  onMessage(message: PartMessage | StrayMessage): void;
  /** An error came out of a thread that worked for nobody. */
  onError(thrown: unknown): void;
  /** `replacing` may be less than before. */
  onReplaced(): void;
}

/** Threads that start together, each replaced when it dies: a pool of Piscina's, which starts all of its threads at once. */
export class ThreadGroup {
  readonly #open: OpenPool;
  readonly #options: ThreadGroupOptions;
  readonly #listener: ThreadGroupListener;
  readonly #threads = new Map<number, Thread>();
  #busy = 0;
  #replacing = 0;
  #isWarm = false;
  #isClosed = false;

  constructor(options: ThreadGroupOptions, listener: ThreadGroupListener) {
    this.#options = options;
    this.#listener = listener;
    this.#open = openPool(options.data, options);
    this.#listen();
  }

  /** Threads that are not there again yet. Nothing is given to them: in Piscina's queue a task could not be overtaken. */
  get replacing(): number {
    return this.#replacing;
  }

  /** Messages it could take right now, beside those it works on. */
  get free(): number {
    return this.#options.size - this.#busy - this.#replacing;
  }

  /** Threads have answered, so that what is sent now need not wait for one to start. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  /** `onPlace`: called with the thread that is to run it, before it is posted. */
  async send(message: TaskMessage, run: ThreadRun, onPlace: (thread: Thread) => void): Promise<WorkerReply> {
    const { pool, placed } = this.#open;
    const place = (threadId: number) => {
      const thread = this.#threadOf(threadId);
      if (thread !== undefined) onPlace(thread);
    };
    this.#busy++;
    try {
      const reply = await pool.run(placed(message, place), { transferList: transferList(message.values), signal: run.abortable });
      this.#isWarm = true;
      return reply;
    } finally {
      this.#busy--;
    }
  }

  /**
   * Resolves once every thread has loaded what it needs.
   * @throws FlowError WORKER_FAILED
   */
  async warm(): Promise<readonly number[]> {
    const { size, startMs } = this.#options;
    const began = performance.now();
    const warmOne = async () => {
      const reply = await this.#open.pool.run({ kind: 'warm' });
      if (reply.kind === 'load-failed') throw startError(decodeError(reply.error), startMs);
      return performance.now() - began;
    };
    const times = await Promise.all(Array.from({ length: size }, warmOne));
    this.#isWarm = true;
    return times;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#open.pool.destroy();
  }

  #threadOf(threadId: number): Thread | undefined {
    const known = this.#threads.get(threadId);
    if (known !== undefined) return known;
    const worker = this.#open.pool.threads.find((each) => each.threadId === threadId);
    if (worker === undefined) return undefined;
    const thread = { worker, packages: new Set<string>(), isProven: false };
    this.#threads.set(threadId, thread);
    worker.once('exit', () => this.#threads.delete(threadId));
    return thread;
  }

  #listen(): void {
    const { pool } = this.#open;
    let created = 0;
    pool.on('error', (thrown) => this.#listener.onError(thrown));
    pool.on('message', (message: PartMessage | StrayMessage) => this.#listener.onMessage(message));
    pool.on('workerDestroy', () => this.#expectReplacement());
    pool.on('workerCreate', () => {
      if (++created > this.#options.size) this.#replaced(this.#replacing - 1);
    });
  }

  #expectReplacement(): void {
    if (this.#isClosed) return;
    this.#replacing++;
    // Piscina gives up on threads that fail while they start; the next task then finds out why.
    setTimeout(() => this.#replaced(0), this.#options.startMs).unref();
  }

  #replaced(replacing: number): void {
    this.#replacing = Math.max(0, replacing);
    this.#listener.onReplaced();
  }
}
