import type { Load } from './auto-costs.js';

// In ms. First guesses from measurements of many machines' worth of small tasks; a kind of task that has run in a place is
// judged by its own times there.
const mainPerTask = 0.02;
const perItem = 0.01;
/** There and back, with a thread that waits. */
const hop = 0.15;
/** What sending and receiving a task keeps the main thread busy. */
const sendingPerTask = 0.06;

/** How long a task keeps the main thread. `alone`: what it took on a worker, where known; what is more than work there is copying. */
export function predictMain(workMs: number, { items, isShared }: Load, onWorker: number | undefined): number {
  const copying = isShared || onWorker === undefined ? 0 : Math.max(0, onWorker - hop - items * workMs);
  return items * workMs + mainPerTask + Math.max(copying, items * perItem);
}

/** How long a task keeps the pool: with others beside it, its share. `onMain`: what it took on the main thread, where known. */
export function predictWorker(workMs: number, { items, isShared }: Load, lanes: number, onMain: number | undefined): number {
  const copying = Math.max(items * perItem, onMain === undefined ? 0 : onMain - items * workMs - mainPerTask);
  const trip = items * workMs + copying + hop;
  // Half of all copying, out and back, is the main thread's and cannot be shared out.
  return isShared ? Math.max(sendingPerTask + copying / 2, trip / lanes) : trip;
}
