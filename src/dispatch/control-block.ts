const wordsPerSlot = 8;
const wordBytes = Int32Array.BYTES_PER_ELEMENT;
const timesPerSlot = 3;
const slotBytes = wordsPerSlot * wordBytes + timesPerSlot * Float64Array.BYTES_PER_ELEMENT;

/** Iterations that one message can carry. */
export const iterationsPerMessage = 1024;

/** Positions of a slot's Int32 fields. `turn` is odd while an attempt runs, even between attempts and -1 once the thread is doomed. */
const word = { turn: 0, iteration: 1, node: 2, attempt: 3, cooperative: 4, started: 5, loading: 6 } as const;
const time = { startedAt: 0, began: 1, deadline: 2 } as const;
const doomed = -1;
/** What both sides agree on of each iteration of a message: whoever changes `waiting` first has it. */
const claim = { waiting: 0, taken: 1, withdrawn: 2, cancelled: 3 } as const;

/** What ran in a slot when it was looked at. Clock readings are `monotonicMs`, `startedAt` is epoch milliseconds. */
export interface RunningAttempt {
  readonly turn: number;
  /** Position in the task message. */
  readonly iteration: number;
  /** Position in the segment. */
  readonly node: number;
  readonly attempt: number;
  readonly startedAt: number;
  /** 0 without a timeout. */
  readonly deadline: number;
  /** It asked for its signal, so it gets its grace. */
  readonly isCooperative: boolean;
  /** Its function has not begun: its module is being loaded. */
  readonly isLoading: boolean;
}

/** Milliseconds on a clock that never jumps and that all threads of the process share. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Memory that says what every slot of a pool is doing, readable even while its thread never yields. */
export function createControlBlock(slots: number, iterations: number = iterationsPerMessage): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * (slotBytes + iterations * wordBytes));
}

/**
 * One slot's part of the control block: the running side writes what it does and takes iterations, the dispatching side
 * withdraws or cancels them and writes `doom`.
 */
export class ControlSlot {
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #claims: Int32Array;

  /** `iterations` as in `createControlBlock`. */
  constructor(block: SharedArrayBuffer, slot: number, iterations: number = iterationsPerMessage) {
    const slots = block.byteLength / (slotBytes + iterations * wordBytes);
    const timesAt = slots * wordsPerSlot * wordBytes;
    this.#words = new Int32Array(block, slot * wordsPerSlot * wordBytes, wordsPerSlot);
    this.#times = new Float64Array(block, timesAt + slot * timesPerSlot * Float64Array.BYTES_PER_ELEMENT, timesPerSlot);
    this.#claims = new Int32Array(block, slots * slotBytes + slot * iterations * wordBytes, iterations);
  }

  /** Before a message with so many iterations is sent. */
  reset(iterations: number): void {
    this.#words.fill(0);
    this.#times.fill(0);
    this.#claims.fill(claim.waiting, 0, iterations);
  }

  /** The running side begins an iteration. False when it was withdrawn. */
  take(iteration: number): boolean {
    this.#words[word.iteration] = iteration;
    return Atomics.compareExchange(this.#claims, iteration, claim.waiting, claim.taken) === claim.waiting;
  }

  /** The dispatching side takes an iteration back. False when it has begun. */
  withdraw(iteration: number): boolean {
    return Atomics.compareExchange(this.#claims, iteration, claim.waiting, claim.withdrawn) === claim.waiting;
  }

  /** Stops an iteration that has begun. */
  cancel(iteration: number): void {
    Atomics.compareExchange(this.#claims, iteration, claim.taken, claim.cancelled);
  }

  /** Whether the iteration has neither begun nor been withdrawn. */
  isWaiting(iteration: number): boolean {
    return Atomics.load(this.#claims, iteration) === claim.waiting;
  }

  /** The thread has loaded everything and begins the task. */
  markStarted(): void {
    Atomics.store(this.#words, word.started, 1);
  }

  get hasStarted(): boolean {
    return Atomics.load(this.#words, word.started) === 1;
  }

  beginAttempt(iteration: number, node: number, timeoutMs: number | undefined): void {
    const began = monotonicMs();
    this.#words[word.iteration] = iteration;
    this.#words[word.node] = node;
    this.#words[word.attempt] = 1;
    this.#words[word.cooperative] = 0;
    this.#words[word.loading] = 0;
    this.#times[time.startedAt] = Date.now();
    this.#times[time.began] = began;
    this.#times[time.deadline] = timeoutMs === undefined ? 0 : began + timeoutMs;
    Atomics.add(this.#words, word.turn, 1);
  }

  /** Once it is known: the number travels with the iteration's values. */
  setAttempt(attempt: number): void {
    this.#words[word.attempt] = attempt;
  }

  /** The running attempt loads its module, which may take this long. */
  beginLoading(limitMs: number): void {
    this.#words[word.loading] = 1;
    this.#times[time.deadline] = monotonicMs() + limitMs;
  }

  /** It has, and may take this long from now on. */
  endLoading(timeoutMs: number): void {
    this.#times[time.deadline] = monotonicMs() + timeoutMs;
    this.#words[word.loading] = 0;
  }

  get isLoading(): boolean {
    return this.#words[word.loading] === 1;
  }

  /** False when the dispatching side has doomed this thread: nothing may run on it any more. */
  endAttempt(): boolean {
    const turn = Atomics.load(this.#words, word.turn);
    return turn !== doomed && Atomics.compareExchange(this.#words, word.turn, turn, turn + 1) === turn;
  }

  /** Blocks a doomed thread until it is ended. */
  awaitEnd(): void {
    Atomics.wait(this.#words, word.turn, doomed);
  }

  /** The attempt asked for its signal. */
  cooperate(): void {
    Atomics.store(this.#words, word.cooperative, 1);
  }

  get isCooperative(): boolean {
    return Atomics.load(this.#words, word.cooperative) === 1;
  }

  /** Of the latest attempt; now, where a task ended before its first. */
  get startedAt(): number {
    return this.#times[time.startedAt] || Date.now();
  }

  get elapsedMs(): number {
    const began = this.#times[time.began] as number;
    return began === 0 ? 0 : monotonicMs() - began;
  }

  get isOverdue(): boolean {
    const deadline = this.#times[time.deadline] as number;
    return deadline !== 0 && monotonicMs() >= deadline;
  }

  /** Whether the iteration that runs was cancelled. */
  get isCancelled(): boolean {
    return Atomics.load(this.#claims, this.#words[word.iteration] as number) === claim.cancelled;
  }

  /** What runs now, or ran when the thread died; undefined between attempts. */
  running(): RunningAttempt | undefined {
    const turn = Atomics.load(this.#words, word.turn);
    if (turn !== doomed && turn % 2 === 0) return undefined;
    return {
      turn,
      iteration: this.#words[word.iteration] as number,
      node: this.#words[word.node] as number,
      attempt: this.#words[word.attempt] as number,
      startedAt: this.#times[time.startedAt] as number,
      deadline: this.#times[time.deadline] as number,
      isCooperative: this.isCooperative,
      isLoading: this.isLoading,
    };
  }

  /** Claims the attempt for killing. False when it has ended meanwhile, so that its successor is not hit. */
  doom(turn: number): boolean {
    return Atomics.compareExchange(this.#words, word.turn, turn, doomed) === turn;
  }
}
