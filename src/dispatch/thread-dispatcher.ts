import type { Dispatcher } from './dispatcher.js';

export interface ThreadDispatcher extends Dispatcher {
  /**
   * Says how many tasks may come to be at work at one time: so many threads start with the first one, or at once where others have
   * started. Another one starts whenever none is free. Without that `maxConcurrency` do.
   */
  expect(tasks: number): void;
  /**
   * Starts the threads that are expected before the first task; gives back after how many ms each was ready.
   * @throws FlowError WORKER_FAILED when a plugin cannot be loaded
   */
  warm(): Promise<readonly number[]>;
}
