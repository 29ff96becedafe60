/** Listens once on each signal, however many callbacks wait for it: Node warns at more than ten listeners. */
export class SignalHub {
  readonly #waiting = new Map<AbortSignal, { readonly callbacks: Set<() => void>; readonly stop: () => void }>();

  /** Calls back when the signal aborts; gives back what ends the wait. */
  onAbort(signal: AbortSignal, callback: () => void): () => void {
    const entry = this.#waiting.get(signal) ?? this.#listen(signal);
    entry.callbacks.add(callback);
    return () => {
      entry.callbacks.delete(callback);
      if (entry.callbacks.size === 0) this.#forget(signal);
    };
  }

  #listen(signal: AbortSignal) {
    const callbacks = new Set<() => void>();
    const notify = () => {
      this.#forget(signal);
      for (const callback of callbacks) callback();
    };
    signal.addEventListener('abort', notify, { once: true });
    const entry = { callbacks, stop: () => signal.removeEventListener('abort', notify) };
    this.#waiting.set(signal, entry);
    return entry;
  }

  #forget(signal: AbortSignal): void {
    this.#waiting.get(signal)?.stop();
    this.#waiting.delete(signal);
  }
}
