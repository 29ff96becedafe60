import { totalmem } from 'node:os';
import { Closings } from './closings.js';
import type { Dispatcher, DispatchOptions } from './dispatcher.js';
import type { ThreadDispatcher } from './thread-dispatcher.js';
import type { Task, TaskReply } from './types.js';

/** Threads with a limit of their own, as long as tasks ask for it. */
interface SizeClass {
  readonly dispatcher: ThreadDispatcher;
  active: number;
  closing: NodeJS.Timeout | undefined;
}

/** Opens a pool of so many threads with this heap limit. */
export type OpenPool = (limits: { readonly memoryMb: number; readonly maxConcurrency: number }) => ThreadDispatcher;

/** A pool that has grown its heaps is not kept longer than this after its last task. */
const idleMs = 2_000;
/** Of the machine's memory, what threads of one size may be allowed together. */
const share = 0.75;

/** Tasks with a memory limit of their own go to a pool of that size, all others to one that stays. Together they keep to one limit. */
export class SizedDispatcher implements ThreadDispatcher {
  readonly mode: Dispatcher['mode'];
  readonly packsTasks = true;
  readonly maxConcurrency: number;
  readonly #base: ThreadDispatcher;
  readonly #open: OpenPool;
  readonly #sizes = new Map<number, SizeClass>();
  readonly #closings = new Closings();
  #expected: number | undefined;
  #isClosed = false;

  constructor(base: ThreadDispatcher, open: OpenPool) {
    this.mode = base.mode;
    this.#base = base;
    this.#open = open;
    this.maxConcurrency = base.maxConcurrency;
  }

  dispatch(task: Task, options?: DispatchOptions): Promise<TaskReply> {
    const { memoryMb } = task;
    return memoryMb === undefined || this.#isClosed ? this.#base.dispatch(task, options) : this.#send(memoryMb, task, options);
  }

  expectMs(task: Pick<Task, 'run' | 'nodeIds'>): number | undefined {
    return this.#base.expectMs?.(task);
  }

  /** Of each size: which tasks have one is not known before they come. */
  expect(tasks: number): void {
    this.#expected = Math.max(this.#expected ?? 0, tasks);
    this.#base.expect(tasks);
    for (const { dispatcher } of this.#sizes.values()) dispatcher.expect(tasks);
  }

  warm(): Promise<readonly number[]> {
    return this.#base.warm();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closings.add(this.#base.close());
    for (const { dispatcher, closing } of this.#sizes.values()) {
      clearTimeout(closing);
      this.#closings.add(dispatcher.close());
    }
    await this.#closings.settled();
  }

  async #send(memoryMb: number, task: Task, options: DispatchOptions | undefined): Promise<TaskReply> {
    const size = this.#sizeOf(memoryMb);
    clearTimeout(size.closing);
    size.active++;
    try {
      return await size.dispatcher.dispatch(task, options);
    } finally {
      size.active--;
      if (size.active === 0 && !this.#isClosed) size.closing = setTimeout(() => this.#retire(memoryMb, size), idleMs).unref();
    }
  }

  #sizeOf(memoryMb: number): SizeClass {
    const known = this.#sizes.get(memoryMb);
    if (known !== undefined) return known;
    const fitting = Math.floor((machineMemory() * share) / (memoryMb * 2 ** 20));
    const dispatcher = this.#open({ memoryMb, maxConcurrency: Math.max(1, Math.min(this.maxConcurrency, fitting)) });
    if (this.#expected !== undefined) dispatcher.expect(this.#expected);
    const size = { dispatcher, active: 0, closing: undefined };
    this.#sizes.set(memoryMb, size);
    return size;
  }

  #retire(memoryMb: number, { dispatcher }: SizeClass): void {
    this.#sizes.delete(memoryMb);
    this.#closings.add(dispatcher.close());
  }
}

/** In bytes: of the container, where one has less. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
