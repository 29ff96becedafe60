import { encode } from '../transport/encode.js';
import { pack } from '../transport/pack.js';
import type { Place } from './auto-nodes.js';
import type { Board } from './board.js';
import { type Cargo, loadTask } from './cargo.js';
import { type ControlSlot, iterationsPerMessage, monotonicMs, type RunningAttempt } from './control-block.js';
import { noBytes } from './encode-slices.js';
import type { Flight } from './flight.js';
import { Intake } from './intake.js';
import { Luggage } from './luggage.js';
import { Manifest } from './manifest.js';
import type { PackedTask, TaskMessage } from './messages.js';
import type { IterationOutcome, RunPackage, Task } from './types.js';

/** What a parcel needs of the slot it is sent to. */
export interface Berth {
  readonly position: number;
  readonly slot: ControlSlot;
  /** Absent on this thread. */
  readonly board?: Board | undefined;
}

/** One message on its way: iterations of one task or of several small ones, and what of them may still be taken back. */
export class Parcel {
  readonly id: number;
  readonly run: RunPackage;
  readonly flights: Flight[] = [];
  readonly manifest = new Manifest();
  readonly intake = new Intake(this.manifest);
  /** Where it runs, when there was a choice. */
  place: Place | undefined;
  /** Iterations it carries. */
  size = 0;
  /** Called when one of its tasks is cancelled. */
  onCancel: (() => void) | undefined;
  readonly #cancelledAt = new Map<Flight, number>();
  #slot: ControlSlot | undefined;

  constructor(id: number, run: RunPackage) {
    this.id = id;
    this.run = run;
  }

  /** Takes along what no thread has of a task, as far as there is room. */
  add(flight: Flight): void {
    const positions = flight.takeUnsent(iterationsPerMessage - this.size);
    this.flights.push(flight);
    this.manifest.plan(flight, positions);
    this.size += positions.length;
  }

  /** The first of its tasks. */
  get task(): Task {
    return (this.flights[0] as Flight).task;
  }

  /** Of its tasks. */
  get lowestPriority(): number {
    return this.flights.reduce((lowest, { task }) => Math.min(lowest, task.priority), Number.POSITIVE_INFINITY);
  }

  /** Of the iterations that ran in this message. */
  get outcomes(): readonly IterationOutcome[] {
    return this.manifest.outcomes;
  }

  /** The message. Undefined when nothing of it can be sent; each iteration has its error then. */
  compose(berth: Berth): TaskMessage | undefined {
    const tasks: PackedTask[] = [];
    const cargo: Cargo = { values: [], plain: [], luggage: new Luggage() };
    for (const plan of this.manifest.planned) {
      const loaded = loadTask(plan.flight, plan.positions, cargo);
      if (loaded === undefined) continue;
      tasks.push(loaded.task);
      this.manifest.enter(plan, loaded.positions);
    }
    const { length } = this.manifest.entries;
    if (length === 0) return undefined;
    const { values, plain, luggage } = cargo;
    values.unshift(plain.length === 0 ? noBytes : encode(plain));
    this.#takeBerth(berth, length);
    const packageKey = this.run.key;
    const ids = { id: this.id, slot: berth.position, packageKey, package: undefined };
    return { kind: 'task', ...ids, tasks: JSON.stringify(tasks), values: pack(values), held: luggage.parts };
  }

  /** Its slot gets another message. */
  leaveBerth(): void {
    this.intake.leaveBoard();
    this.#slot = undefined;
  }

  /** Stops a task's iterations: those that have not begun at once, the running one when it notices or its thread is ended. */
  cancel(flight: Flight): void {
    this.#cancelledAt.set(flight, monotonicMs());
    this.onCancel?.();
    const positions: number[] = [];
    this.manifest.entries.forEach((entry, index) => {
      if (entry.flight !== flight || flight.hasOutcome(entry.position)) return;
      if (this.#slot?.withdraw(index)) positions.push(entry.position);
      else this.#slot?.cancel(index);
    });
    flight.cancel(positions);
  }

  /** When the task that runs was cancelled, by `monotonicMs`. */
  cancelledAt(running: RunningAttempt): number | undefined {
    const entry = this.manifest.entries[running.iteration];
    return entry && this.#cancelledAt.get(entry.flight);
  }

  /** Whether somebody may want to know where the task was that runs, though it is cancelled. */
  isOverdue(running: RunningAttempt): boolean {
    return this.manifest.entries[running.iteration]?.flight.isOverdue === true;
  }

  /** Whether an attempt may have to be ended by its timeout, or by a cancel. */
  get isTimed(): boolean {
    return this.#cancelledAt.size > 0 || this.flights.some(({ isTimed }) => isTimed);
  }

  /** Iterations that have not begun and may as well run somewhere else. */
  get movable(): number {
    return this.#movableEntries().length;
  }

  /** Takes the later part of them back. Gives the tasks they belong to. */
  withdrawHalf(): readonly Flight[] {
    const movable = this.#movableEntries();
    return this.#withdraw(movable.slice(movable.length >> 1));
  }

  /** The same for all that are less urgent, but for the first, which is about to begin. */
  withdrawBelow(priority: number): readonly Flight[] {
    const isBelow = (index: number): boolean => (this.manifest.entries[index]?.flight.task.priority ?? priority) < priority;
    return this.#withdraw(this.#movableEntries().filter((index) => index > 0 && isBelow(index)));
  }

  /**
   * Lets go of everything, once nothing more can come of it. Whoever still refers to an ended message, such as a table that a `Map`
   * has outgrown and that lies in the old generation, must not keep what it carried.
   */
  discard(): void {
    for (const flight of this.flights) flight.discard();
    this.flights.length = 0;
    this.manifest.clear();
    this.intake.discard();
    this.#cancelledAt.clear();
  }

  #takeBerth({ slot, board }: Berth, iterations: number): void {
    slot.reset(iterations);
    board?.reset();
    this.#slot = slot;
    this.intake.open(board, this.place);
  }

  #withdraw(indices: readonly number[]): readonly Flight[] {
    const flights = new Set<Flight>();
    for (const index of indices) {
      const entry = this.manifest.entries[index];
      if (entry === undefined || !this.#slot?.withdraw(index)) continue;
      this.manifest.withdraw(index);
      flights.add(entry.flight);
    }
    return [...flights];
  }

  #movableEntries(): number[] {
    const slot = this.#slot;
    if (slot === undefined) return [];
    const indices: number[] = [];
    this.manifest.entries.forEach(({ flight }, index) => {
      if (flight.isMovable && slot.isWaiting(index)) indices.push(index);
    });
    return indices;
  }
}
