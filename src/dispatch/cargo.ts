import type { Encoded } from '../transport/encode.js';
import { encodeIteration, encodeSharedSlice } from './encode-slices.js';
import { packFaults } from './faults.js';
import type { Flight } from './flight.js';
import type { Luggage } from './luggage.js';
import type { PackedTask } from './messages.js';
import { nodeError } from './node-error.js';
import { appendPlain, type PlainForm } from './plain-iterations.js';
import { packRecord } from './record-key.js';
import type { Iteration } from './types.js';

/** What a message is made of, while it is composed. */
export interface Cargo {
  readonly values: Encoded[];
  readonly plain: unknown[];
  readonly luggage: Luggage;
}

interface LoadedTask {
  readonly task: PackedTask;
  /** Of the iterations that are in the message. */
  readonly positions: readonly number[];
}

/** Adds these iterations of a task. What cannot be encoded, or is cancelled, has its outcome instead; undefined when that goes for all. */
export function loadTask(flight: Flight, positions: readonly number[], cargo: Cargo): LoadedTask | undefined {
  if (flight.isCancelled) flight.cancel(positions);
  if (flight.isCancelled) return undefined;
  try {
    cargo.values.push(encodeSharedSlice(flight.task.shared, cargo.luggage));
  } catch (thrown) {
    flight.fail(positions, nodeError(thrown, {}));
    return undefined;
  }
  return loadPlain(flight, positions, cargo) ?? loadEncoded(flight, positions, cargo);
}

function loadPlain(flight: Flight, positions: readonly number[], { plain, luggage }: Cargo): LoadedTask | undefined {
  const iterations = positions.map((position) => flight.task.iterations[position] as Iteration);
  const form = appendPlain(iterations, plain, (item) => luggage.add(item.part));
  if (form === undefined) return undefined;
  // Only this thread knows a large item by its bytes.
  const named = typeof form === 'object' && 'held' in form ? positions : undefined;
  return { task: packTask(flight, positions, form, named), positions };
}

function loadEncoded(flight: Flight, positions: readonly number[], { values, luggage }: Cargo): LoadedTask {
  const sent: number[] = [];
  for (const position of positions) {
    try {
      values.push(encodeIteration(flight.task.iterations[position] as Iteration, luggage));
      sent.push(position);
    } catch (thrown) {
      flight.fail([position], nodeError(thrown, {}));
    }
  }
  return { task: packTask(flight, sent, undefined, sent), positions: sent };
}

/** `named`: iterations that the thread cannot tell apart by itself. */
function packTask(
  { task }: Flight,
  sent: readonly number[],
  plain: PlainForm | undefined,
  named: readonly number[] | undefined,
): PackedTask {
  const { nodeIds, keep, travels = true, stopsAtFailure = false } = task;
  const record = packRecord(task, named);
  return { nodeIds, keep, travels, stopsAtFailure, iterations: sent.length, plain, ...packFaults(task, sent), record };
}
