import { PriorityQueue } from '../scheduler/index.js';
import type { Flight } from './flight.js';

/** Tasks that have iterations no thread has, by priority and then by age. */
export class FlightQueue {
  readonly #queue = new PriorityQueue<Flight>();

  /** Those that were cancelled since they came included. */
  get size(): number {
    return this.#queue.size;
  }

  /** A task keeps its place by its age, however often it comes back. */
  push(flight: Flight): void {
    if (flight.isQueued || flight.unsent === 0) return;
    flight.isQueued = true;
    this.#queue.push(flight, flight.task.priority, flight.id);
  }

  /** What `shift` would give. A cancelled one stays until its turn: its reply has long been given. */
  peek(): Flight | undefined {
    let first = this.#queue.peek();
    while (first?.unsent === 0) {
      this.#remove(first);
      first = this.#queue.peek();
    }
    return first;
  }

  shift(): Flight | undefined {
    const first = this.peek();
    if (first !== undefined) this.#remove(first);
    return first;
  }

  #remove(first: Flight): void {
    this.#queue.shift();
    first.isQueued = false;
  }
}
