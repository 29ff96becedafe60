import { closeSync, openSync, writeSync } from 'node:fs';
import { renderEventAsJson } from '../errors/describe-error.js';
import type { FlowEvent } from '../types/events.js';

/** Events wait this long for company at most. */
const waitMs = 1;

/** The events of a run as lines of JSON, in order, written while it runs. */
export class EventLog {
  readonly #descriptor: number;
  readonly #isShared: boolean;
  readonly #onFault: (error: NodeJS.ErrnoException) => void;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;
  #isWaiting = false;
  #wroteAt = 0;
  #isOpen = true;
  readonly #flush = () => this.flush();

  /**
   * `isShared`: nodes may work on this thread too, and keep it busy: nothing waits then.
   * @throws the system's error when the file cannot be opened
   */
  constructor(file: string, isShared: boolean, onFault: (error: NodeJS.ErrnoException) => void) {
    this.#descriptor = openSync(file, 'a');
    this.#isShared = isShared;
    this.#onFault = onFault;
  }

  add(event: FlowEvent): void {
    if (!this.#isOpen) return;
    this.#lines += `${renderEventAsJson(event)}\n`;
    if (this.#isShared || performance.now() - this.#wroteAt > waitMs) this.flush();
    else this.#wait();
  }

  flush(): void {
    if (this.#lines === '' || !this.#isOpen) return;
    const lines = Buffer.from(this.#lines);
    this.#lines = '';
    this.#stopWaiting();
    try {
      for (let written = 0; written < lines.byteLength; ) written += writeSync(this.#descriptor, lines, written);
      this.#wroteAt = performance.now();
    } catch (thrown) {
      this.close();
      this.#onFault(thrown as NodeJS.ErrnoException);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#stopWaiting();
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }

  #wait(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#timer ??= setTimeout(this.#flush, waitMs).unref();
    this.#timer.refresh();
    process.once('exit', this.#flush);
  }

  #stopWaiting(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    process.off('exit', this.#flush);
  }
}
