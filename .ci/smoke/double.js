import { threadId } from 'node:worker_threads';

/** Refuses the main thread, so that a run without workers cannot pass. */
export default function double(n) {
  if (threadId === 0) throw new Error('Expected to run in a worker, not on the main thread');
  return n * 2;
}
