import { FlowError } from '../errors/flow-error.js';
import { type Encoded, encodeShallow } from '../transport/encode.js';
import type { Luggage } from './luggage.js';
import type { Iteration, Slice } from './types.js';

/** In the place of a value that there is none of; no value is encoded in so little. */
export const noBytes: Encoded = { bytes: new Uint8Array(0), transfers: [] };

/**
 * What all iterations of a task see.
 * @throws FlowError VALUE_NOT_CLONEABLE
 */
export function encodeSharedSlice(shared: Slice, luggage: Luggage): Encoded {
  const { names, nodes } = shared;
  if (Object.keys(names).length === 0 && Object.keys(nodes).length === 0) return noBytes;
  const places = luggage.placesOf(shared, []);
  return encodeNamed(places.length === 0 ? { names, nodes } : { names, nodes, places }, () => ({ ...names, ...nodes }));
}

/**
 * What one of them brings along.
 * @throws FlowError VALUE_NOT_CLONEABLE
 */
export function encodeIteration(iteration: Iteration, luggage: Luggage): Encoded {
  const wire = luggage.toWireIteration(iteration);
  const [, , , input, item, names, nodes] = wire;
  return encodeNamed(wire, () => ({ input, item, ...names, ...nodes }));
}

/** @throws FlowError VALUE_NOT_CLONEABLE saying under which name the fault lies */
function encodeNamed(value: unknown, parts: () => Readonly<Record<string, unknown>>): Encoded {
  try {
    return encodeShallow(value, 'wrapped');
  } catch (thrown) {
    for (const [name, part] of Object.entries(parts())) encodePart(name, part);
    throw thrown;
  }
}

function encodePart(name: string, part: unknown): void {
  try {
    encodeShallow(part);
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    throw new FlowError(thrown.code, `\`${name}\`: ${thrown.message}`, { hint: thrown.hint, cause: thrown.cause });
  }
}
