/** Listens once on each signal, however many callbacks wait for it: Node warns at more than ten listeners. */
export class SignalHub {
  readonly #waiting = new Map<AbortSignal, { readonly waits: Set<Wait>; readonly stop: () => void }>();

  /** Calls back when the signal aborts; gives back what ends the wait. */
  onAbort(signal: AbortSignal, callback: () => void): () => void {
    const entry = this.#waiting.get(signal) ?? this.#listen(signal);
    const wait: Wait = { callback };
    entry.waits.add(wait);
    return () => {
      entry.waits.delete(wait);
      // A table that a `Set` has outgrown refers to the next one, and keeps what that held while it is old garbage.
      wait.callback = undefined;
      if (entry.waits.size === 0) this.#forget(signal);
    };
  }

  #listen(signal: AbortSignal) {
    const waits = new Set<Wait>();
    const notify = () => {
      this.#forget(signal);
      for (const wait of waits) wait.callback?.();
    };
    signal.addEventListener('abort', notify, { once: true });
    const entry = { waits, stop: () => signal.removeEventListener('abort', notify) };
    this.#waiting.set(signal, entry);
    return entry;
  }

  #forget(signal: AbortSignal): void {
    this.#waiting.get(signal)?.stop();
    this.#waiting.delete(signal);
  }
}

interface Wait {
  callback: (() => void) | undefined;
}
