// Functions that take memory.
import { resourceLimits, threadId } from 'node:worker_threads';

/** Heap of about so many MiB, all of it in use at one time. */
export function take(input, { options }) {
  const megabytes = Number(options.mb ?? input);
  const all = [];
  for (let taken = 0; taken < megabytes; taken++) all.push(Array.from({ length: 20_000 }, (_, n) => [n]));
  return all.length;
}

export const limit = () => Math.round(resourceLimits.maxOldGenerationSizeMb);

export const where = () => threadId;

/** Memory that is not on the heap. */
export function buffers(input) {
  const all = [];
  for (let taken = 0; taken < input; taken++) all.push(new Uint8Array(2 ** 20).fill(1));
  return all.length;
}

/** How many of these run at one time. */
export function crowd(input, { item }) {
  const [running, most] = [new Int32Array(input, 0, 1), new Int32Array(input, 4, 1)];
  const now = Atomics.add(running, 0, 1) + 1;
  if (now > Atomics.load(most, 0)) Atomics.store(most, 0, now);
  for (const end = performance.now() + 30; performance.now() < end; );
  Atomics.sub(running, 0, 1);
  return item;
}
