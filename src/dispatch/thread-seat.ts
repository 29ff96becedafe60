import { decodeError } from '../errors/wire.js';
import { transferList } from '../transport/pack.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply } from './messages.js';
import { type OpenPool, openPool } from './open-pool.js';
import { startError } from './thread-errors.js';
import type { Thread, ThreadRun } from './thread-run.js';

export interface ThreadSeatOptions {
  readonly data: PoolData;
  /** Heap limit, in MiB. */
  readonly memoryMb: number | undefined;
  /** How long a thread may take to load its modules. */
  readonly startMs: number;
}

export interface ThreadSeatListener {
  onMessage(message: PartMessage | StrayMessage): void;
  /** An error came out of a thread that worked for nobody. */
  onError(thrown: unknown): void;
  /** `isReplacing` may have ended. */
  onReplaced(): void;
}

/** A thread of a pool, and the next one when it dies. In a Piscina of its own: what becomes of one thread is of no matter to the others. */
export class ThreadSeat {
  readonly #open: OpenPool;
  readonly #options: ThreadSeatOptions;
  readonly #listener: ThreadSeatListener;
  #thread: Thread | undefined;
  #isBusy = false;
  #isReplacing = false;
  #start: 'under way' | 'done' | 'failed' = 'under way';
  #isClosed = false;
  /**
   * After how many ms its first thread had loaded what it needs. Asked before any task, so that the answer waits for none.
   * @throws FlowError WORKER_FAILED
   */
  readonly warming: Promise<number>;

  constructor(options: ThreadSeatOptions, listener: ThreadSeatListener) {
    this.#options = options;
    this.#listener = listener;
    this.#open = openPool(options.data, {
      memoryMb: options.memoryMb,
      mayRun: (threadId) => this.#thread?.worker.threadId !== threadId || !this.#thread.isTainted,
    });
    this.#listen();
    this.warming = this.#warm();
    // Tasks find out by themselves.
    this.warming.catch(() => {});
  }

  /** Its thread is not there again yet. Nothing is given to it: in Piscina's queue a task could not be overtaken. */
  get isReplacing(): boolean {
    return this.#isReplacing;
  }

  /** It could take a message right now. */
  get isFree(): boolean {
    return !this.#isBusy && !this.#isReplacing && this.#thread?.isTainted !== true;
  }

  get hasFailed(): boolean {
    return this.#start === 'failed';
  }

  /** Nothing is lost by giving it up: its thread has not started, and nothing waits for that. */
  get isSpare(): boolean {
    return this.#start !== 'done' && !this.#isBusy;
  }

  /** What is sent now need not wait for a thread to start. */
  get isWarm(): boolean {
    return this.isFree && this.#start !== 'under way';
  }

  /** `onPlace`: called with the thread that is to run it, before it is posted. */
  async send(message: TaskMessage, run: ThreadRun, onPlace: (thread: Thread) => void): Promise<WorkerReply> {
    const { pool, placed } = this.#open;
    const place = (threadId: number) => {
      const thread = this.#threadOf(threadId);
      if (thread !== undefined) onPlace(thread);
    };
    this.#isBusy = true;
    try {
      return await pool.run(placed(message, place), { transferList: transferList(message.values), signal: run.abortable });
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#open.pool.destroy();
  }

  /** A thread that does not answer in time is ended: while it is waited for it keeps the process alive. */
  async #warm(): Promise<number> {
    const { startMs } = this.#options;
    const began = performance.now();
    const late = new AbortController();
    // Where this thread was blocked until now the answer may be there and wait for its turn of the event loop.
    const timer = setTimeout(
      () => setImmediate(() => late.abort(new Error(`it took longer than ${startMs} ms`))),
      startMs,
    ).unref();
    try {
      const reply = await this.#open.pool.run({ kind: 'warm' }, { signal: late.signal });
      if (reply.kind === 'load-failed') throw decodeError(reply.error);
      this.#start = 'done';
      return performance.now() - began;
    } catch (thrown) {
      this.#start = 'failed';
      throw startError(thrown, startMs);
    } finally {
      clearTimeout(timer);
    }
  }

  #threadOf(threadId: number): Thread | undefined {
    const known = this.#thread;
    if (known?.worker.threadId === threadId) return known;
    const worker = this.#open.pool.threads.find((each) => each.threadId === threadId);
    if (worker === undefined) return undefined;
    const thread = { worker, packages: new Set<string>(), isProven: false, isTainted: false };
    this.#thread = thread;
    worker.once('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
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
      if (++created > 1) this.#replaced();
    });
  }

  #expectReplacement(): void {
    if (this.#isClosed) return;
    this.#isReplacing = true;
    // Piscina gives up on threads that fail while they start; the next task then finds out why.
    setTimeout(() => this.#replaced(), this.#options.startMs).unref();
  }

  #replaced(): void {
    this.#isReplacing = false;
    this.#listener.onReplaced();
  }
}

/** What Piscina says of an answer that was under way when its thread was ended. What the thread had finished is on its board. */
function isLateAnswer(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.startsWith('Unexpected message from Worker:');
}
