import type { Attempt } from './attempt.js';
import type { ControlSlot } from './control-block.js';
import type { Outbox } from './outbox.js';

/** What a body lends to a running task. */
export interface TaskHooks {
  readonly slot: ControlSlot;
  readonly outbox: Outbox;
  readonly graceMs: number;
  /** Runs the code of a node so that what escapes from its callbacks can be traced back to `attempt`. */
  enter<T>(attempt: Attempt, run: () => T, isUserCode: boolean): T;
  /** Ends the thread, where it is no other's. */
  exit?(): void;
  /** Lets others on this thread have a turn between iterations. */
  breathe?(): Promise<void> | undefined;
}
