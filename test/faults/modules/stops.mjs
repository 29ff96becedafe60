// Functions that do not end by themselves, each in its own way.
import { setTimeout as sleep } from 'node:timers/promises';

function inner(flag) {
  for (; flag === undefined || Atomics.load(flag, 0) === 0; );
}

export function loop(input, { log }) {
  log('in the loop');
  inner(input === null ? undefined : new Int32Array(input));
}

function secondAttempt() {
  for (;;);
}

/** Code out of a text, which says that it lies on another machine. */
export function loopMadeUp() {
  new Function('return function spin() { for (;;); }\n//# sourceURL=file://elsewhere/made%2Fup.js')()();
}

/** Counts its calls in shared memory. */
export function loopByAttempt(input, context) {
  if (Atomics.add(new Int32Array(input), 0, 1) === 0) loop(null, context);
  secondAttempt();
}

/** Gives up when it is told to, after it has cleaned up. */
export function poll(input, { isCancelled, log }) {
  const seen = new Int32Array(input);
  log('polling');
  while (!isCancelled());
  for (const end = performance.now() + 150; performance.now() < end; );
  Atomics.add(seen, 0, 1);
}

/** Asks, and does not care. */
export function pollDeaf(_input, { isCancelled, log }) {
  log('polling');
  for (;;) isCancelled();
}

/** In native code, where no debugger can stop it. */
export function native(_input, { log }) {
  log('in native code');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

export function promise(_input, { log }) {
  log('waiting');
  return new Promise(() => undefined);
}

/** Yields, and never for long. */
export async function busy(_input, { log }) {
  log('busy');
  for (;;) await null;
}

export async function tidy(input, { signal, log }) {
  log('waiting');
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  await sleep(100);
  Atomics.add(new Int32Array(input), 0, 1);
}

export function spin(input) {
  for (const end = performance.now() + input; performance.now() < end; );
  return input;
}

export const echo = (input) => input;
