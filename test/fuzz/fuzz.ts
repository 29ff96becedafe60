import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { bundleChild } from './bundle.js';
import { kinds } from './kinds/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A case may take this much time of a processor. Two orders above what the slowest need. */
const mostCpuMs = 10_000;
const casesPerChild = 2_000;
/** What a child may take to start, on the busiest machine. */
const startMs = 90_000;

export interface Breach {
  readonly kind: string;
  readonly seed: number;
  readonly why: string;
  readonly shown: string;
}

export interface FuzzReport {
  readonly cases: number;
  readonly breaches: readonly Breach[];
  /** How often cases of each kind ended in which way. */
  readonly endings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The longest case of each kind, in milliseconds of a processor. */
  readonly slowest: Readonly<Record<string, { readonly seed: number; readonly cpuMs: number }>>;
}

export interface FuzzOptions {
  readonly runs: number;
  /** Cases are numbered from here on. */
  readonly seed: number;
  /** Children at one time. */
  readonly jobs: number;
  readonly only?: string | undefined;
  /** Without a word for so long from a child that has started, it hangs. @default 90 s */
  readonly silenceMs?: number;
  readonly onBreach?: (breach: Breach) => void;
}

/** Runs that many cases, shared out among the kinds, in child processes that are killed and told of when they hang. */
export async function fuzz({ runs, seed, jobs, only, onBreach, silenceMs = 90_000 }: FuzzOptions): Promise<FuzzReport> {
  const tally = new Tally(onBreach);
  const children: Children = { file: await bundleChild(), tally, silenceMs };
  const stretches = shareOut(runs, seed, only);
  const work = async (): Promise<void> => {
    for (let next = stretches.shift(); next !== undefined; next = stretches.shift()) await runStretch(next, children);
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return tally;
}

/** What every child has in common. */
interface Children {
  readonly file: string;
  readonly tally: Tally;
  readonly silenceMs: number;
}

interface Stretch {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
}

function shareOut(runs: number, seed: number, only: string | undefined): Stretch[] {
  const wanted = kinds.filter(({ name }) => only === undefined || name === only);
  const shares = only === undefined ? wanted.reduce((sum, { share }) => sum + share, 0) : 0;
  return wanted.flatMap(({ name, share }) => {
    const total = only === undefined ? Math.ceil((runs * share) / shares) : runs;
    const starts = Array.from({ length: Math.ceil(total / casesPerChild) }, (_, index) => index * casesPerChild);
    return starts.map((start) => ({ kind: name, first: seed + start, count: Math.min(casesPerChild, total - start) }));
  });
}

class Tally implements FuzzReport {
  cases = 0;
  readonly breaches: Breach[] = [];
  readonly endings: Record<string, Record<string, number>> = {};
  readonly slowest: Record<string, { readonly seed: number; readonly cpuMs: number }> = {};
  readonly #onBreach: ((breach: Breach) => void) | undefined;

  constructor(onBreach: ((breach: Breach) => void) | undefined) {
    this.#onBreach = onBreach;
  }

  end(kind: string, seed: number, ending: string, cpuMs: number): void {
    this.cases += 1;
    const endings = this.endings[kind] ?? {};
    this.endings[kind] = endings;
    endings[ending] = (endings[ending] ?? 0) + 1;
    if (cpuMs > (this.slowest[kind]?.cpuMs ?? 0)) this.slowest[kind] = { seed, cpuMs };
    if (cpuMs > mostCpuMs) this.breach({ kind, seed, why: `took ${Math.round(cpuMs)} ms of a processor`, shown: '' });
  }

  /** A case that came to no end of its own. */
  lose(breach: Breach): void {
    this.cases += 1;
    this.breach(breach);
  }

  breach(breach: Breach): void {
    this.breaches.push(breach);
    this.#onBreach?.(breach);
  }
}

interface Message {
  readonly type: 'start' | 'end' | 'broken' | 'stray' | 'done';
  readonly seed: number;
  readonly ending: string;
  readonly cpuMs: number;
  readonly why: string;
  readonly shown: string;
}

/** To its end, with another child for what is left where one hangs or dies. */
async function runStretch({ kind, first, count }: Stretch, children: Children): Promise<void> {
  let next = first;
  while (next < first + count) {
    const { last, whole } = await runChild({ kind, first: next, count: first + count - next }, children);
    if (whole) return;
    next = last + 1;
  }
}

function runChild(
  { kind, first, count }: Stretch,
  { file, tally, silenceMs }: Children,
): Promise<{ readonly last: number; readonly whole: boolean }> {
  const child = spawn(process.execPath, [file, kind, String(first), String(count)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let last = first;
  let begun = false;
  let whole = false;
  let ended = true;
  let stderr = '';
  let why = 'the process ended in the middle of it';
  const hang = (): void => {
    why = `hangs: no sign of life for ${silenceMs} ms`;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(hang, startMs);
  const take = ({ type, seed, ending, cpuMs, why: reason, shown }: Message): void => {
    clearTimeout(timer);
    timer = setTimeout(hang, silenceMs);
    if (type === 'start') {
      begun = true;
      last = seed;
      ended = false;
      return;
    }
    if (type === 'stray') {
      tally.breach({ kind, seed, why: reason, shown });
      return;
    }
    ended = true;
    if (type === 'done') whole = true;
    else if (type === 'end') tally.end(kind, seed, ending, cpuMs);
    else tally.lose({ kind, seed, why: reason, shown });
  };
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => take(JSON.parse(line) as Message));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      if (!begun) return reject(new Error(`The child that runs the cases does not start:\n${stderr}`));
      if (!whole && ended) tally.breach({ kind, seed: last, why: 'the process ended right behind it', shown: stderr });
      else if (!whole) tally.lose({ kind, seed: last, why, shown: stderr });
      resolve({ last, whole });
    });
  });
}
