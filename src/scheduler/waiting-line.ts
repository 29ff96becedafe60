/** Waiters in order of arrival. Joining, serving and leaving by abort cost the same however long the line is. */
export class WaitingLine<Grant> {
  #first: Waiter<Grant> | undefined;
  #last: Waiter<Grant> | undefined;
  #length = 0;
  // One listener per signal: a signal walks all of its listeners to add one, which makes 100,000 waiters quadratic.
  readonly #parties = new Map<AbortSignal, Party<Grant>>();

  get length(): number {
    return this.#length;
  }

  /** Resolves when served; rejects with the signal's reason if it aborts before. */
  join(signal: AbortSignal | undefined): Promise<Grant> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Grant> = { resolve, reject, signal, previous: this.#last, next: undefined };
      if (this.#last === undefined) this.#first = waiter;
      else this.#last.next = waiter;
      this.#last = waiter;
      this.#length += 1;
      if (signal !== undefined) this.#partyOf(signal).waiters.add(waiter);
    });
  }

  /** Gives `grant` to the first waiter. There must be one. */
  serve(grant: Grant): void {
    const waiter = this.#first;
    if (waiter === undefined) throw new TypeError('Expected a waiter to serve, but nobody waits');
    this.#unlink(waiter);
    this.#leaveParty(waiter);
    waiter.resolve(grant);
  }

  #unlink(waiter: Waiter<Grant>): void {
    if (waiter.previous === undefined) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    // Old garbage that refers to what came after it would keep that from being collected young.
    waiter.previous = undefined;
    waiter.next = undefined;
    this.#length -= 1;
  }

  #partyOf(signal: AbortSignal): Party<Grant> {
    const known = this.#parties.get(signal);
    if (known !== undefined) return known;
    const party: Party<Grant> = { waiters: new Set(), onAbort: () => this.#dismiss(signal) };
    this.#parties.set(signal, party);
    signal.addEventListener('abort', party.onAbort, { once: true });
    return party;
  }

  #leaveParty(waiter: Waiter<Grant>): void {
    if (waiter.signal === undefined) return;
    const party = this.#parties.get(waiter.signal);
    party?.waiters.delete(waiter);
    if (party === undefined || party.waiters.size > 0) return;
    this.#parties.delete(waiter.signal);
    waiter.signal.removeEventListener('abort', party.onAbort);
  }

  #dismiss(signal: AbortSignal): void {
    const waiters = this.#parties.get(signal)?.waiters ?? [];
    this.#parties.delete(signal);
    for (const waiter of waiters) {
      this.#unlink(waiter);
      waiter.reject(signal.reason);
    }
  }
}

interface Waiter<Grant> {
  readonly resolve: (grant: Grant) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  previous: Waiter<Grant> | undefined;
  next: Waiter<Grant> | undefined;
}

/** Everybody who waits under one signal. */
interface Party<Grant> {
  readonly waiters: Set<Waiter<Grant>>;
  readonly onAbort: () => void;
}
