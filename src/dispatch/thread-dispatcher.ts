import type { Dispatcher } from './types.js';

export interface ThreadDispatcher extends Dispatcher {
  /**
   * Starts the threads before the first task; gives back after how many ms each was ready.
   * @throws FlowError WORKER_FAILED when a plugin cannot be loaded
   */
  warm(): Promise<readonly number[]>;
}
