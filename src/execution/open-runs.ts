import { FlowError } from '../errors/flow-error.js';
import { linkedAbort } from './abort.js';

/** Runs that have not come to their end. Each is in it from the tick it was asked for, so that a cancel of all misses none. */
export class OpenRuns {
  readonly #runs = new Map<AbortController, Promise<unknown>>();

  /** `parent`: what else cancels the run. */
  async start<T>(parent: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { controller, unlink } = linkedAbort(parent);
    const ended = run(controller.signal);
    this.#runs.set(controller, ended);
    try {
      return await ended;
    } finally {
      unlink();
      this.#runs.delete(controller);
    }
  }

  /** Resolves when every one of them has ended. */
  async cancel(why: string): Promise<void> {
    const ends = [...this.#runs.values()];
    for (const controller of this.#runs.keys()) controller.abort(new FlowError('RUN_CANCELLED', why));
    await Promise.allSettled(ends);
  }
}
