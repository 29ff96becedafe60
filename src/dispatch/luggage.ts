import type { Part } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';
import type { Iteration, Slice } from './types.js';
import type { HeldPlace, WireIteration } from './wire-iteration.js';

/** The parts that one message takes along, each once. */
export class Luggage {
  readonly parts: Part[] = [];
  readonly #positions = new Map<string, number>();

  toWireIteration({ attempt, index, branch, input, item, slice }: Iteration): WireIteration {
    const places = this.placesOf(slice, ['slice']);
    if (input instanceof Snapshot) places.push([this.add(input.part), 'input']);
    if (item instanceof Snapshot) places.push([this.add(item.part), 'item']);
    const wire = [attempt, index, branch, plain(input), plain(item), slice.names, slice.nodes] as const;
    return places.length === 0 ? wire : [...wire, places];
  }

  placesOf({ held = [] }: Slice, around: readonly string[]): HeldPlace[] {
    return held.map(({ path, snapshot }) => [this.add(snapshot.part), ...around, ...path]);
  }

  /** Its position among them. */
  add(part: Part): number {
    const known = this.#positions.get(part.id);
    if (known !== undefined) return known;
    this.#positions.set(part.id, this.parts.length);
    return this.parts.push(part) - 1;
  }
}

function plain(value: unknown): unknown {
  return value instanceof Snapshot ? null : value;
}
