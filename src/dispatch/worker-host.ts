import { AsyncLocalStorage } from 'node:async_hooks';
import { createRedactor } from '../errors/redact.js';
import { decodeError, encodeError, type WireError } from '../errors/wire.js';
import type { Attempt } from './attempt.js';
import { Board } from './board.js';
import { ControlSlot } from './control-block.js';
import type { PartMessage, PoolData, StrayMessage, TaskMessage, WorkerReply, WorkerRequest } from './messages.js';
import { Outbox } from './outbox.js';
import { PreparedPackage } from './prepared-package.js';
import { runTasks } from './run-tasks.js';
import type { TaskEnvironment } from './types.js';

/** Packages a thread keeps; the dispatching side counts along. */
export const packagesKept = 8;

/** What a worker thread is given by its entry. */
export interface WorkerSurroundings {
  readonly pool: PoolData;
  loadEnvironment(): Promise<TaskEnvironment>;
  post(message: PartMessage | StrayMessage): void;
}

/** A worker thread's side of the pool: one task at a time, never a throw across the border. */
export class WorkerHost {
  readonly #surroundings: WorkerSurroundings;
  readonly #attempts = new AsyncLocalStorage<Attempt>();
  readonly #packages = new Map<string, PreparedPackage>();
  #environment: Promise<TaskEnvironment> | undefined;
  #outbox: Outbox | undefined;
  /** Code of an attempt that was given up still runs. The pool may have sent the next task before it knew. */
  #isTainted = false;

  constructor(surroundings: WorkerSurroundings) {
    this.#surroundings = surroundings;
  }

  async handle(request: WorkerRequest): Promise<WorkerReply> {
    try {
      this.#environment ??= this.#surroundings.loadEnvironment();
      const environment = await this.#environment;
      if (request.kind === 'warm') return { kind: 'warm' };
      if (this.#isTainted) return { kind: 'declined' };
      return await this.#run(request, environment);
    } catch (thrown) {
      return { kind: 'load-failed', error: encodeError(thrown) };
    }
  }

  /** An error nobody caught: it fails the attempt it came from, or is reported apart when that has ended. */
  uncaught(thrown: unknown): void {
    const culprit = this.#attempts.getStore();
    if (culprit?.fail(thrown) !== true) this.#surroundings.post({ kind: 'stray', error: this.#withoutSecrets(thrown) });
  }

  /** Whose error it is cannot be told, so none of the runs that this thread has worked for may show its secrets. */
  #withoutSecrets(thrown: unknown): WireError {
    const wire = encodeError(thrown);
    const secrets = [...this.#packages.values()].flatMap(({ run }) => Object.values(run.secrets)).entries();
    const shown = createRedactor(Object.fromEntries(secrets)).value(decodeError(wire));
    return { ...encodeError(shown), kind: wire.kind };
  }

  /** The thread ends: what is finished must not be lost. */
  exiting(): void {
    this.#outbox?.flush();
  }

  async #run(message: TaskMessage, environment: TaskEnvironment): Promise<WorkerReply> {
    const prepared = this.#prepare(message, environment);
    if (prepared === undefined) return { kind: 'package-unknown' };
    const { pool, post } = this.#surroundings;
    const slot = new ControlSlot(pool.control, message.slot);
    slot.markStarted();
    const board = new Board(pool.boards, message.slot);
    const outbox = new Outbox(message.id, (part) => post({ kind: 'part', part }), board);
    this.#outbox = outbox;
    const enter = <T>(attempt: Attempt, run: () => T): T => this.#attempts.run(attempt, run);
    try {
      const answer = await runTasks(prepared, message, {
        slot,
        outbox,
        graceMs: pool.graceMs,
        enter,
        exit: () => process.exit(1),
      });
      this.#isTainted = answer.isTainted;
      return answer;
    } finally {
      this.#outbox = undefined;
    }
  }

  #prepare(message: TaskMessage, environment: TaskEnvironment): PreparedPackage | undefined {
    const known = this.#packages.get(message.packageKey);
    if (known !== undefined || message.package === undefined) return known;
    const prepared = new PreparedPackage(message.package, environment);
    this.#packages.set(message.packageKey, prepared);
    const oldest = this.#packages.keys().next();
    if (this.#packages.size > packagesKept && !oldest.done) this.#packages.delete(oldest.value);
    return prepared;
  }
}
