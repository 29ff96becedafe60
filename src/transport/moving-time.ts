import { channel } from 'node:diagnostics_channel';

/** What a message of `movingTime` holds. */
export interface MovingTime {
  readonly ms: number;
}

/** Told of every value that this thread encodes or decodes how long it took. Costs nothing while nobody listens. */
export const movingTime = channel('flowscript.moving-time');

/** Gives back what `move` does, and tells `movingTime`. */
export function timed<Moved>(move: () => Moved): Moved {
  if (!movingTime.hasSubscribers) return move();
  const began = performance.now();
  try {
    return move();
  } finally {
    movingTime.publish({ ms: performance.now() - began } satisfies MovingTime);
  }
}
