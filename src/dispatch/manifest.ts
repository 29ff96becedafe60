import type { FlowError } from '../errors/flow-error.js';
import type { RunningAttempt } from './control-block.js';
import type { Flight } from './flight.js';
import type { IterationOutcome } from './types.js';

/** One iteration in a message. */
interface Entry {
  readonly flight: Flight;
  /** In its task. */
  readonly position: number;
}

interface Plan {
  readonly flight: Flight;
  readonly positions: readonly number[];
}

/** Which iterations a message carries, and what becomes of those for which it ends without an outcome. */
export class Manifest {
  readonly #planned: Plan[] = [];
  /** Those that are not in it, or not yet: it may fail to be composed at any of them. */
  readonly #unsent = new Set<Plan>();
  readonly #entries: Entry[] = [];
  readonly #withdrawn = new Set<number>();

  /** What is meant to be in the message, by task. */
  get planned(): readonly Plan[] {
    return this.#planned;
  }

  plan(flight: Flight, positions: readonly number[]): void {
    const plan = { flight, positions };
    this.#planned.push(plan);
    this.#unsent.add(plan);
  }

  /** What is in it, in its order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** `positions`: those of the plan that could be encoded. */
  enter(plan: Plan, positions: readonly number[]): void {
    this.#unsent.delete(plan);
    for (const position of positions) this.#entries.push({ flight: plan.flight, position });
  }

  /** Its task, where it carries iterations of one alone. */
  get onlyFlight(): Flight | undefined {
    return this.#planned.length === 1 ? this.#planned[0]?.flight : undefined;
  }

  /** Of the iterations that ran in this message. */
  get outcomes(): readonly IterationOutcome[] {
    const own = this.#entries.filter((_, index) => !this.#withdrawn.has(index));
    return own.flatMap(({ flight, position }) => flight.outcomeOf(position) ?? []);
  }

  /** The thread will not run this one: its task may send it again. */
  withdraw(index: number): void {
    const entry = this.#entries[index];
    this.#withdrawn.add(index);
    entry?.flight.giveBack([entry.position]);
  }

  /** The task whose turn it was when the thread died and nothing ran. */
  get next(): Flight | undefined {
    return this.#entries.find((_entry, index) => this.#isMissing(index))?.flight;
  }

  /** The iteration that ran when the thread died. */
  failRunning(running: RunningAttempt, errorOf: (flight: Flight) => FlowError): void {
    const entry = this.#entries[running.iteration];
    entry?.flight.failRunning(entry.position, running, errorOf(entry.flight));
  }

  /** Of all tasks, or of one. */
  failMissing(error: FlowError, only?: Flight): void {
    for (const { flight, positions } of this.#unsent) flight.fail(positions, error);
    this.#entries.forEach(({ flight, position }, index) => {
      if (this.#isMissing(index) && (only ?? flight) === flight) flight.fail([position], error);
    });
  }

  /** After its end: every iteration without an outcome goes back to its task. */
  returnUndone(): void {
    for (const { flight, positions } of this.#unsent) flight.giveBack(positions);
    const undone = new Map<Flight, number[]>();
    this.#entries.forEach(({ flight, position }, index) => {
      if (!this.#isMissing(index)) return;
      const positions = undone.get(flight);
      if (positions === undefined) undone.set(flight, [position]);
      else positions.push(position);
    });
    for (const [flight, positions] of undone) flight.giveBack(positions);
  }

  clear(): void {
    this.#planned.length = 0;
    this.#unsent.clear();
    this.#entries.length = 0;
  }

  /** Without an outcome, and not withdrawn: what was may run elsewhere by now. */
  #isMissing(index: number): boolean {
    const entry = this.#entries[index];
    return entry !== undefined && !this.#withdrawn.has(index) && !entry.flight.hasOutcome(entry.position);
  }
}
