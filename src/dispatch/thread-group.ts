import { decodeError } from '../errors/wire.js';
import { transferList } from '../transport/pack.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply } from './messages.js';
import { type OpenPool, openPool } from './open-pool.js';
import { startError } from './thread-errors.js';
import type { Thread, ThreadRun } from './thread-run.js';

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
  /** Threads that have not answered yet. */
  #starting: number;
  #isClosed = false;
  #hasFailed = false;
  /**
   * After how many ms each thread had loaded what it needs. Asked of each thread before any task, so that the answers wait for none.
   * @throws FlowError WORKER_FAILED
   */
  readonly warming: Promise<readonly number[]>;

  constructor(options: ThreadGroupOptions, listener: ThreadGroupListener) {
    this.#options = options;
    this.#listener = listener;
    this.#open = openPool(options.data, { ...options, mayRun: (threadId) => this.#threads.get(threadId)?.isTainted !== true });
    this.#starting = options.size;
    this.#listen();
    this.warming = this.#warm();
    // Tasks find out by themselves.
    this.warming.catch(() => {
      this.#hasFailed = true;
    });
  }

  /** Threads that are not there again yet. Nothing is given to them: in Piscina's queue a task could not be overtaken. */
  get replacing(): number {
    return this.#replacing;
  }

  /** Messages it could take right now, beside those it works on. */
  get free(): number {
    const tainted = [...this.#threads.values()].filter(({ isTainted }) => isTainted).length;
    return this.#options.size - this.#busy - this.#replacing - tainted;
  }

  /** Its threads could not start, and nothing waits for them: others may do better, should the reason have gone. */
  get isLost(): boolean {
    return this.#hasFailed && this.#busy === 0;
  }

  get size(): number {
    return this.#options.size;
  }

  /** What is sent now need not wait for a thread to start. */
  get isWarm(): boolean {
    return this.free > this.#starting;
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
      return await pool.run(placed(message, place), { transferList: transferList(message.values), signal: run.abortable });
    } finally {
      this.#busy--;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#open.pool.destroy();
  }

  #warm(): Promise<readonly number[]> {
    const { size } = this.#options;
    const began = performance.now();
    const answers = Array.from({ length: size }, () => this.#warmOne());
    return Promise.all(answers.map((answer) => answer.then(() => performance.now() - began)));
  }

  /** A thread that does not answer in time is ended: while it is waited for it keeps the process alive. */
  async #warmOne(): Promise<void> {
    const { startMs } = this.#options;
    const late = new AbortController();
    // Where this thread was blocked until now the answer may be there and wait for its turn of the event loop.
    const timer = setTimeout(
      () => setImmediate(() => late.abort(new Error(`it took longer than ${startMs} ms`))),
      startMs,
    ).unref();
    try {
      const reply = await this.#open.pool.run({ kind: 'warm' }, { signal: late.signal });
      if (reply.kind === 'load-failed') throw decodeError(reply.error);
    } catch (thrown) {
      throw startError(thrown, startMs);
    } finally {
      clearTimeout(timer);
      this.#starting--;
    }
  }

  #threadOf(threadId: number): Thread | undefined {
    const known = this.#threads.get(threadId);
    if (known !== undefined) return known;
    const worker = this.#open.pool.threads.find((each) => each.threadId === threadId);
    if (worker === undefined) return undefined;
    const thread = { worker, packages: new Set<string>(), isProven: false, isTainted: false };
    this.#threads.set(threadId, thread);
    worker.once('exit', () => this.#threads.delete(threadId));
    return thread;
  }

  #listen(): void {
    const { pool } = this.#open;
    let created = 0;
    pool.on('error', (thrown) => {
      if (!isLateAnswer(thrown)) this.#listener.onError(thrown);
    });
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

/** What Piscina says of an answer that was under way when its thread was ended. What the thread had finished is on its board. */
function isLateAnswer(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.startsWith('Unexpected message from Worker:');
}
