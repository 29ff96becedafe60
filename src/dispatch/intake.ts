import { unpack } from '../transport/pack.js';
import type { Place } from './auto-nodes.js';
import { type Board, BoardReader, boardStart } from './board.js';
import { decodeOutcome, readOutcome } from './decode-outcome.js';
import type { Flight } from './flight.js';
import type { Manifest } from './manifest.js';
import type { TaskPart } from './messages.js';

/** What comes back of a message: parts, and what lies on the board until the next of them. */
export class Intake {
  readonly #manifest: Manifest;
  /** Where the message runs, when there was a choice. */
  #place: Place | undefined;
  #board: Board | undefined;
  #boardRead = boardStart;
  #glanced = boardStart;
  /** Of the board, when its slot has gone to another message. */
  #left: ArrayBuffer | undefined;
  #partsReceived = 0;
  #onPart: (() => void) | undefined;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  /** The message is about to be sent; on this thread there is no board. */
  open(board: Board | undefined, place: Place | undefined): void {
    this.#board = board;
    this.#place = place;
  }

  /** Takes in what a worker did; its events are passed on in order. Gives back tasks that a failure has ended. */
  receive(part: TaskPart): readonly Flight[] {
    for (const event of part.events) {
      if (event.type === 'finished') continue;
      const entry = this.#manifest.entries[event.iteration];
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
    this.#glanced = this.#board?.length ?? 0;
  }

  /** Whatever the thread noted as finished before it was ended. */
  recover(): void {
    this.#readBoard(this.#board?.length ?? 0);
  }

  /** Copies what is left on the board: its slot gets another message. */
  leaveBoard(): void {
    this.#left = this.#board?.read(this.#boardRead, this.#board.length);
    this.#board = undefined;
  }

  /** Nothing more will come. */
  discard(): void {
    this.#left = undefined;
  }

  #settle(part: TaskPart): readonly Flight[] {
    const long = this.#manifest.entries.length > 1 ? this.#manifest.onlyFlight : undefined;
    const missing = long?.missing ?? 0;
    this.#readBoard(part.pinned);
    const stopped = this.#readOutcomes(part);
    const count = missing - (long?.missing ?? 0);
    if (count > 0 && long?.isDone === false) long.tell({ type: 'finished', count });
    return stopped;
  }

  #readOutcomes({ outcomes, values: packed }: TaskPart): readonly Flight[] {
    const values = outcomes.length === 0 ? [] : unpack(packed);
    const stopped: Flight[] = [];
    for (const outcome of outcomes) {
      const entry = this.#manifest.entries[outcome.iteration];
      if (entry === undefined) continue;
      const { flight, position } = entry;
      flight.advance(position, decodeOutcome(outcome, values, flight.task, this.#place));
      if (outcome.failure !== undefined && flight.task.stopsAtFailure === true) stopped.push(flight);
    }
    return stopped;
  }

  #readBoard(length: number): void {
    if (length <= this.#boardRead) return;
    const piece = this.#left ?? this.#board?.read(this.#boardRead, length);
    if (piece === undefined) return;
    this.#boardRead = length;
    const reader = new BoardReader(piece);
    while (reader.next()) {
      const entry = this.#manifest.entries[reader.iteration];
      if (entry === undefined) continue;
      const { flight, position } = entry;
      flight.advance(position, readOutcome(reader, flight.begunNodes(position), flight.task, this.#place));
    }
  }
}
