/** Functions the test flows call; `export` names one. */
import { threadId } from 'node:worker_threads';

/** Never ends, and never yields. */
export function spin() {
  for (;;);
}

/** Never ends, but yields. */
export function hang() {
  return new Promise(() => {});
}

/** Logs that it runs. */
export function tell(input, { log }) {
  log('running');
  return input;
}

/** Gives nothing back. */
export function nothing() {}

export function fail(input, { options }) {
  const error = new Error(options.message ?? 'on purpose', { cause: new TypeError('the deeper reason') });
  error.code = options.code;
  error.extra = { input };
  throw error;
}

/** Fails once somebody has opened the gate. */
export async function failAtGate(shared, context) {
  const gate = new Int32Array(shared);
  while (Atomics.load(gate, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  fail(null, context);
}

/** The first item opens the gate in its second attempt, and the next three wait for that. */
export async function opensOnRetry(shared, { index, attempt }) {
  const gate = new Int32Array(shared);
  if (index === 0 && attempt === 1) throw new Error('once more');
  if (index === 0) Atomics.store(gate, 0, 1);
  while (index < 4 && Atomics.load(gate, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Fails until the given attempt. */
export function flaky(input, { attempt, options }) {
  if (attempt < Number(options.until)) throw new Error(`attempt ${attempt} of ${JSON.stringify(input)}`);
  return { input, attempt };
}

/** Meets `options.parties` others, who must run at the same time, or fails. */
export async function meet(shared, { options }) {
  const seats = new Int32Array(shared);
  Atomics.add(seats, 0, 1);
  Atomics.notify(seats, 0);
  const deadline = Date.now() + 20_000;
  while (Atomics.load(seats, 0) < Number(options.parties)) {
    if (Date.now() > deadline) throw new Error('nobody came');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return 'met';
}

/** Counts how many run at once: seat 0 now, seat 1 at most. */
export async function crowd(shared) {
  const seats = new Int32Array(shared);
  const now = Atomics.add(seats, 0, 1) + 1;
  for (let most = Atomics.load(seats, 1); now > most; most = Atomics.load(seats, 1)) Atomics.compareExchange(seats, 1, most, now);
  await new Promise((resolve) => setTimeout(resolve, 5));
  Atomics.sub(seats, 0, 1);
  return now;
}

/** Appends its option to the shared log and gives its input back. */
export function note(input, { options, config }) {
  const log = new Int32Array(config.log);
  log[Atomics.add(log, 0, 1) + 1] = Number(options.mark);
  return input;
}

/** Changes all it can reach. */
export function vandal(input, { item, config }) {
  spoil(input);
  spoil(item);
  spoil(config);
  return 'done';
}

function spoil(value, seen = new Set()) {
  if (typeof value !== 'object' || value === null || seen.has(value) || value instanceof SharedArrayBuffer) return;
  seen.add(value);
  if (ArrayBuffer.isView(value)) value.fill?.(0);
  else if (value instanceof Map || value instanceof Set) value.clear();
  else if (value instanceof Date) value.setTime(0);
  else {
    for (const key of Object.keys(value)) {
      spoil(value[key], seen);
      try {
        value[key] = 'spoiled';
      } catch {
        // Frozen: as good as a copy.
      }
    }
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0;
}

export function exit() {
  process.exit(3);
}

export function square(input) {
  return input * input;
}

/** Every fourth number waits until it is given up. */
export function stall(number, { signal }) {
  if (number % 4 !== 0) return number;
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

export function identity(input) {
  return input;
}

export function context(input, { options, config, secrets, item, index, branch, attempt, runId, log, progress }) {
  log(`options ${JSON.stringify(options)}`, 'warn');
  progress(1, 2);
  return { input, options, config, secrets, item, index, branch, attempt, runId: typeof runId };
}

/** 0 on the main thread. */
export function thread() {
  return threadId;
}

export default identity;

/** Counts its runs in the shared table, by item, and gives the item back. */
export function tally(item, { config }) {
  Atomics.add(new Int32Array(config.table), item, 1);
  return item;
}

/** What its options are, in order. */
export function options(_input, { options: given }) {
  return Object.entries(given);
}

/** Throws an error with a field of the given name. */
export function failWith(name) {
  throw Object.defineProperty(new Error('on purpose'), name, { value: 7, enumerable: true });
}
