import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { bundleChild } from './bundle.js';
import { kinds } from './kinds/index.js';
import { type Breach, type FuzzReport, type Stretch, Tally } from './report.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const casesPerChild = 2_000;
/** What a child may take to start, on the busiest machine. */
const startMs = 90_000;

export interface FuzzOptions {
  /** Children at one time. */
  readonly jobs: number;
  /** No case starts after so long. @default never */
  readonly seconds?: number | undefined;
  /** Without a word for so long from a child that has started, it hangs. @default 90 s */
  readonly silenceMs?: number;
  readonly onBreach?: (breach: Breach) => void;
}

/** So many cases, numbered from `seed` on and shared out among the kinds, or all of `only`, none of which has been run. */
export function planFuzz(cases: number, seed: number, only?: string): FuzzReport {
  const wanted = kinds.filter(({ name, share }) => (only === undefined ? share > 0 : name === only));
  if (wanted.length === 0) throw new Error(`There is no kind ${only}, but ${kinds.map(({ name }) => name).join(', ')}.`);
  const shares = wanted.reduce((sum, { share }) => sum + share, 0);
  const left = wanted.flatMap(({ name, share }) => {
    const total = only === undefined ? Math.ceil((cases * share) / shares) : cases;
    const starts = Array.from({ length: Math.ceil(total / casesPerChild) }, (_, index) => index * casesPerChild);
    return starts.map((start) => ({ kind: name, first: seed + start, count: Math.min(casesPerChild, total - start) }));
  });
  return { cases: 0, breaches: [], kinds: {}, left };
}

/** Runs what a report has left, in child processes that are killed and told of when they hang. */
export async function fuzz(before: FuzzReport, options: FuzzOptions): Promise<FuzzReport> {
  const { jobs, onBreach, seconds = Number.POSITIVE_INFINITY, silenceMs = 90_000 } = options;
  const tally = new Tally(before, onBreach);
  const { left } = tally;
  const children: Children = { file: await bundleChild(), tally, silenceMs, endAt: Date.now() + seconds * 1_000 };
  const work = async (): Promise<void> => {
    while (Date.now() < children.endAt) {
      const stretch = left.shift();
      if (stretch === undefined) return;
      const rest = await runStretch(stretch, children);
      if (rest.count > 0) left.push(rest);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return tally;
}

/** What every child has in common. */
interface Children {
  readonly file: string;
  readonly tally: Tally;
  readonly silenceMs: number;
  /** No case starts after it. Epoch milliseconds. */
  readonly endAt: number;
}

interface Message {
  readonly type: 'start' | 'end' | 'broken' | 'stray' | 'done';
  readonly seed: number;
  readonly ending: string;
  readonly cpuMs: number;
  readonly why: string;
  readonly shown: string;
}

/** To its end or that of its time, with another child for what is left where one hangs or dies. Gives what it has not run. */
async function runStretch(stretch: Stretch, children: Children): Promise<Stretch> {
  const began = Date.now();
  let rest = stretch;
  while (rest.count > 0 && Date.now() < children.endAt) {
    const next = (await runChild(rest, children)) + 1;
    rest = { kind: rest.kind, first: next, count: rest.first + rest.count - next };
  }
  children.tally.of(stretch.kind).wallMs += Date.now() - began;
  return rest;
}

/** Gives the last case that it has begun. */
function runChild({ kind, first, count }: Stretch, { file, tally, silenceMs, endAt }: Children): Promise<number> {
  const child = spawn(process.execPath, [file, kind, String(first), String(count), String(endAt)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let last = first - 1;
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
    begun = true;
    if (type === 'start') {
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
      resolve(last);
    });
  });
}
