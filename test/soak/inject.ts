import fc from 'fast-check';
import { createEngine, type FlowError } from '#src/index.js';
import { flow } from '../faults/flows.js';

/** What each fault must come to; `completed` where it must harm nothing. */
export const expectedCodes = {
  exit: 'WORKER_EXITED',
  throw: 'NODE_FAILED',
  'throw-null': 'NODE_FAILED',
  'late-throw': 'completed',
  'late-rejection': 'completed',
  loop: 'NODE_TIMEOUT',
  native: 'NODE_TIMEOUT',
  promise: 'NODE_TIMEOUT',
  'deaf-to-cancel': 'NODE_TIMEOUT',
  memory: 'WORKER_OUT_OF_MEMORY',
  function: 'VALUE_NOT_CLONEABLE',
  deep: 'VALUE_NOT_CLONEABLE',
} as const;

export type FaultName = keyof typeof expectedCodes;

/** `lost`: items without the outcome they must have. `hung`: those without any when time was up. `doubled`: those that ran more than once. */
export interface Figures {
  injected: number;
  bystanders: number;
  lost: number;
  hung: number;
  doubled: number;
  /** Items that reached their timeout before the memory limit that they were to reach. */
  overtaken: number;
  /** The first of them, with what they came to. */
  odd: readonly string[];
}

const timed: ReadonlySet<FaultName> = new Set(['loop', 'native', 'promise', 'deaf-to-cancel']);
const memoryMb = 32;

/** Runs a `foreach` in which so many items are faulty, in random places among twice as many sound ones, on three threads. */
export async function soak(names: readonly FaultName[], injections: number, seed: number, endMs: number): Promise<Figures> {
  const total = injections * 3;
  const kinds = new Uint8Array(new SharedArrayBuffer(total)).fill(names.length);
  placesOf(total, injections, seed).forEach((place, nth) => {
    kinds[place] = nth % names.length;
  });
  const counts = new Int32Array(new SharedArrayBuffer(total * 4));
  const outcomes = await runItems({ names, kinds, counts, endMs });
  return count(names, kinds, counts, outcomes);
}

interface Items {
  readonly names: readonly FaultName[];
  readonly kinds: Uint8Array;
  readonly counts: Int32Array;
  readonly endMs: number;
}

/** By item: its output, or the code of its error; `undefined` when it has neither. */
async function runItems({ names, kinds, counts, endMs }: Items): Promise<readonly unknown[]> {
  const engine = createEngine({ maxConcurrency: 3, graceMs: 50, workerMemoryMb: memoryMb });
  // To run out of memory takes longer on a busy machine than anything else here.
  const ms = names.includes('memory') ? 1_500 : 500;
  const timeout = names.some((name) => timed.has(name)) ? `timeout="${ms}ms"` : '';
  const body = `<foreach id="all" items="lists.range(${kinds.length})" onError="continue">
    <transform:module id="one" src="./soak.mjs" input="run.input" ms="0.2" ${timeout}/></foreach>`;
  const input = { counts: counts.buffer, kinds: kinds.buffer, names };
  const failures = new Map<number, FlowError>();
  const onEvent = (event: { readonly type: string; readonly path?: string; readonly error?: FlowError }) => {
    const index = /^all\[(\d+)\]/.exec(event.path ?? '')?.[1];
    if (event.type === 'node.finished' && index !== undefined && event.error) failures.set(Number(index), event.error);
  };
  const ended = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), endMs).unref();
  });
  const result = await Promise.race([engine.run(flow(body), { input, onEvent }), ended]);
  if (result !== undefined) await engine.close();
  const output = (result?.output ?? []) as readonly unknown[];
  return Array.from(kinds, (_, index) => failures.get(index)?.code ?? output[index]);
}

function count(names: readonly FaultName[], kinds: Uint8Array, counts: Int32Array, outcomes: readonly unknown[]): Figures {
  const figures: Figures = { injected: 0, bystanders: 0, lost: 0, hung: 0, doubled: 0, overtaken: 0, odd: [] };
  kinds.forEach((kind, index) => {
    const name = names[kind];
    if (name === undefined) figures.bystanders++;
    else figures.injected++;
    const code = name === undefined ? 'completed' : expectedCodes[name];
    const outcome = outcomes[index];
    // All items of a mixture have one timeout, and to fill the memory takes four times as long where seven times as much is to be done.
    const isOvertaken = name === 'memory' && outcome === 'NODE_TIMEOUT' && names.some((each) => timed.has(each));
    const isOdd = !isOvertaken && outcome !== (code === 'completed' ? index : code);
    if (isOvertaken) figures.overtaken++;
    if (outcome === undefined) figures.hung++;
    else if (isOdd) figures.lost++;
    if (isOdd) figures.odd = [...figures.odd, `${name} ${index}: ${String(outcome)}`].slice(0, 5);
    if ((counts[index] ?? 0) > 1) figures.doubled++;
    if (counts[index] === 0) figures.lost++;
  });
  return figures;
}

/** Different places, the same for the same seed. */
function placesOf(total: number, amount: number, seed: number): readonly number[] {
  const places = Array.from({ length: total }, (_, place) => place);
  const [shuffled = places] = fc.sample(fc.shuffledSubarray(places, { minLength: total, maxLength: total }), {
    seed,
    numRuns: 1,
  });
  return shuffled.slice(0, amount);
}
