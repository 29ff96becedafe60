import type { FlowError } from '../errors/flow-error.js';
import { encode } from '../transport/encode.js';
import { pack, unpack } from '../transport/pack.js';
import type { Place } from './auto-nodes.js';
import { type Board, BoardReader, boardStart } from './board.js';
import { type Cargo, loadTask } from './cargo.js';
import { type ControlSlot, iterationsPerMessage, monotonicMs, type RunningAttempt } from './control-block.js';
import { decodeOutcome, readOutcome } from './decode-outcome.js';
import { noBytes } from './encode-slices.js';
import type { Flight } from './flight.js';
import type { PackedTask, TaskMessage, TaskPart } from './messages.js';
import { Luggage } from './scope.js';
import type { IterationOutcome, RunPackage, Task } from './types.js';

/** What a parcel needs of the slot it is sent to. */
export interface Berth {
  readonly position: number;
  readonly slot: ControlSlot;
  /** Absent on this thread. */
  readonly board?: Board | undefined;
}

/** One iteration in the message. */
interface Entry {
  readonly flight: Flight;
  /** In its task. */
  readonly position: number;
}

/** One message on its way: iterations of one task or of several small ones, and what has become of them. */
export class Parcel {
  readonly id: number;
  readonly run: RunPackage;
  readonly flights: Flight[] = [];
  /** Where it runs, when there was a choice. */
  place: Place | undefined;
  readonly #planned: (readonly number[])[] = [];
  readonly #entries: Entry[] = [];
  readonly #cancelledAt = new Map<Flight, number>();
  /** Iterations it carries. */
  size = 0;
  #berth: Berth | undefined;
  #partsReceived = 0;
  #boardRead = boardStart;
  #glanced = boardStart;
  /** Of the board, when its slot has gone to another message. */
  #left: ArrayBuffer | undefined;
  #onPart: (() => void) | undefined;
  readonly #withdrawn = new Set<number>();
  /** Called when one of its tasks is cancelled. */
  onCancel: (() => void) | undefined;

  constructor(id: number, run: RunPackage) {
    this.id = id;
    this.run = run;
  }

  /** Takes along what no thread has of a task, as far as there is room. */
  add(flight: Flight): void {
    const positions = flight.takeUnsent(iterationsPerMessage - this.size);
    this.flights.push(flight);
    this.#planned.push(positions);
    this.size += positions.length;
  }

  /** The first of its tasks. */
  get task(): Task {
    return (this.flights[0] as Flight).task;
  }

  /** Of the iterations that ran in this message. */
  get outcomes(): readonly IterationOutcome[] {
    const own = this.#entries.filter((_, index) => !this.#withdrawn.has(index));
    return own.flatMap(({ flight, position }) => flight.outcomeOf(position) ?? []);
  }

  /** The message. Undefined when nothing of it can be sent; each iteration has its error then. */
  compose(berth: Berth): TaskMessage | undefined {
    const tasks: PackedTask[] = [];
    const cargo: Cargo = { values: [], plain: [], luggage: new Luggage() };
    this.flights.forEach((flight, index) => {
      const loaded = loadTask(flight, this.#planned[index] ?? [], cargo);
      if (loaded === undefined) return;
      tasks.push(loaded.task);
      for (const position of loaded.positions) this.#entries.push({ flight, position });
    });
    if (this.#entries.length === 0) return undefined;
    const { values, plain, luggage } = cargo;
    values.unshift(plain.length === 0 ? noBytes : encode(plain));
    berth.slot.reset(this.#entries.length);
    berth.board?.reset();
    this.#berth = berth;
    const packageKey = this.run.key;
    const ids = { id: this.id, slot: berth.position, packageKey, package: undefined };
    return { kind: 'task', ...ids, tasks: JSON.stringify(tasks), values: pack(values), held: luggage.parts };
  }

  /** Takes in what a worker did; its events are passed on in order. Gives back tasks that a failure has ended. */
  receive(part: TaskPart): readonly Flight[] {
    for (const event of part.events) {
      if (event.type === 'finished') continue;
      const entry = this.#entries[event.iteration];
      entry?.flight.tell({ ...event, iteration: entry.position });
    }
    const stopped = this.#settle(part);
    this.#partsReceived++;
    this.#onPart?.();
    return stopped;
  }

  /** Resolves once this many parts of the message have come in. */
  async received(parts: number): Promise<void> {
    while (this.#partsReceived < parts) {
      await new Promise<void>((resolve) => {
        this.#onPart = resolve;
      });
    }
  }

  /** Takes in what was on the board a look ago, since its thread may be busy for long; by now events from before that are here too. */
  glance(): void {
    this.#readBoard(this.#glanced);
    this.#glanced = this.#berth?.board?.length ?? 0;
  }

  /** Whatever the thread noted as finished before it was ended. */
  recover(): void {
    this.#readBoard(this.#berth?.board?.length ?? 0);
  }

  /** Copies what is left in the board: its slot gets another message. */
  leaveBerth(): void {
    const board = this.#berth?.board;
    this.#left = board?.read(this.#boardRead, board.length);
    this.#berth = undefined;
  }

  /** Stops a task's iterations: those that have not begun at once, the running one when it notices or its thread is ended. */
  cancel(flight: Flight): void {
    this.#cancelledAt.set(flight, monotonicMs());
    this.onCancel?.();
    const positions: number[] = [];
    this.#entries.forEach((entry, index) => {
      if (entry.flight !== flight || entry.flight.hasOutcome(entry.position)) return;
      if (this.#berth?.slot.withdraw(index)) positions.push(entry.position);
      else this.#berth?.slot.cancel(index);
    });
    flight.cancel(positions);
  }

  /** When the task that runs was cancelled, by `monotonicMs`. */
  cancelledAt(running: RunningAttempt): number | undefined {
    const entry = this.#entries[running.iteration];
    return entry && this.#cancelledAt.get(entry.flight);
  }

  /** Whether somebody may want to know where the task was that runs, though it is cancelled. */
  isOverdue(running: RunningAttempt): boolean {
    return this.#entries[running.iteration]?.flight.isOverdue === true;
  }

  /**
   * Lets go of everything, once nothing more can come of it. Whoever still refers to an ended message, such as a table that a `Map`
   * has outgrown and that lies in the old generation, must not keep what it carried.
   */
  discard(): void {
    for (const flight of this.flights) flight.discard();
    this.#entries.length = 0;
    this.#planned.length = 0;
    this.flights.length = 0;
    this.#cancelledAt.clear();
    this.#left = undefined;
  }

  /** Iterations that have not begun and may as well run somewhere else. */
  get movable(): number {
    return this.#movableEntries().length;
  }

  /** Of its tasks. */
  get lowestPriority(): number {
    return this.flights.reduce((lowest, { task }) => Math.min(lowest, task.priority), Number.POSITIVE_INFINITY);
  }

  /** Whether an attempt may have to be ended by its timeout, or by a cancel. */
  get isTimed(): boolean {
    return this.#cancelledAt.size > 0 || this.flights.some(({ isTimed }) => isTimed);
  }

  /** Takes the later part of them back. Gives the tasks they belong to. */
  withdrawHalf(): readonly Flight[] {
    const movable = this.#movableEntries();
    return this.#withdraw(movable.slice(movable.length >> 1));
  }

  /** The same for all that are less urgent, but for the first, which is about to begin. */
  withdrawBelow(priority: number): readonly Flight[] {
    const isBelow = (index: number): boolean => (this.#entries[index]?.flight.task.priority ?? priority) < priority;
    return this.#withdraw(this.#movableEntries().filter((index) => index > 0 && isBelow(index)));
  }

  #withdraw(indices: readonly number[]): readonly Flight[] {
    const flights = new Set<Flight>();
    for (const index of indices) {
      const entry = this.#entries[index];
      if (entry === undefined || !this.#berth?.slot.withdraw(index)) continue;
      this.#withdrawn.add(index);
      entry.flight.giveBack([entry.position]);
      flights.add(entry.flight);
    }
    return [...flights];
  }

  /** The iteration that ran when the thread died. */
  failRunning(running: RunningAttempt, errorOf: (flight: Flight) => FlowError): void {
    const entry = this.#entries[running.iteration];
    entry?.flight.failRunning(entry.position, running, errorOf(entry.flight));
  }

  /** The task whose turn it was when the thread died and nothing ran. */
  get next(): Flight | undefined {
    return this.#entries.find((_entry, index) => this.#isMissing(index))?.flight;
  }

  /** Of all tasks, or of one. */
  failMissing(error: FlowError, only?: Flight): void {
    for (const [index, flight] of this.#entries.length === 0 ? this.flights.entries() : []) {
      flight.fail(this.#planned[index] ?? [], error);
    }
    this.#entries.forEach(({ flight, position }, index) => {
      if (this.#isMissing(index) && (only ?? flight) === flight) flight.fail([position], error);
    });
  }

  /** After its end: every iteration without an outcome goes back to its task. */
  returnUndone(): void {
    if (this.#entries.length === 0)
      for (const [index, flight] of this.flights.entries()) flight.giveBack(this.#planned[index] ?? []);
    const undone = new Map<Flight, number[]>();
    this.#entries.forEach(({ flight, position }, index) => {
      if (!this.#isMissing(index)) return;
      const positions = undone.get(flight);
      if (positions === undefined) undone.set(flight, [position]);
      else positions.push(position);
    });
    for (const [flight, positions] of undone) flight.giveBack(positions);
  }

  #settle(part: TaskPart): readonly Flight[] {
    const long = this.flights.length === 1 && this.#entries.length > 1 ? this.flights[0] : undefined;
    const missing = long?.missing ?? 0;
    this.#readBoard(part.pinned);
    const values = part.outcomes.length === 0 ? [] : unpack(part.values);
    const stopped: Flight[] = [];
    for (const outcome of part.outcomes) {
      const entry = this.#entries[outcome.iteration];
      if (entry === undefined) continue;
      const { flight, position } = entry;
      flight.advance(position, decodeOutcome(outcome, values, flight.task, this.place));
      if (outcome.failure !== undefined && flight.task.stopsAtFailure === true) stopped.push(flight);
    }
    const count = missing - (long?.missing ?? 0);
    if (count > 0 && long?.isDone === false) long.tell({ type: 'finished', count });
    return stopped;
  }

  #readBoard(length: number): void {
    if (length <= this.#boardRead) return;
    const piece = this.#left ?? this.#berth?.board?.read(this.#boardRead, length);
    if (piece === undefined) return;
    this.#boardRead = length;
    const reader = new BoardReader(piece);
    while (reader.next()) {
      const entry = this.#entries[reader.iteration];
      if (entry === undefined) continue;
      const { flight, position } = entry;
      flight.advance(position, readOutcome(reader, flight.begunNodes(position), flight.task, this.place));
    }
  }

  /** Without an outcome, and not withdrawn: what was may run elsewhere by now. */
  #isMissing(index: number): boolean {
    const entry = this.#entries[index];
    return entry !== undefined && !this.#withdrawn.has(index) && !entry.flight.hasOutcome(entry.position);
  }

  #movableEntries(): number[] {
    const slot = this.#berth?.slot;
    if (slot === undefined) return [];
    const indices: number[] = [];
    this.#entries.forEach(({ flight }, index) => {
      const { isDivisible, iterations } = flight.task;
      if ((isDivisible || iterations.length === 1) && slot.isWaiting(index)) indices.push(index);
    });
    return indices;
  }
}
