// Attacks FlowScript with changed flows, expressions, data, state folders and command lines: npm run fuzz -- --help
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fuzz, planFuzz } from './fuzz.js';
import type { FuzzReport } from './report.js';

const help = `npm run fuzz -- [--cases N] [--seed S] [--only KIND] [--jobs N] [--state FILE] [--seconds N]
  --cases N     how many, shared out among the kinds (100000)
  --seed S      the number of the first one; each number is the same case again (1)
  --only KIND   all of one kind
  --jobs N      processes at one time (one a core)
  --state FILE  keeps the report in FILE as JSON, and goes on with what a former call has left in it
  --seconds N   ends after so long; exit status 3 while something is left`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    state: { type: 'string' },
    seconds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else process.exitCode = await attack();

async function attack(): Promise<number> {
  const { state, seed, only, seconds } = values;
  const before = stored(state) ?? planFuzz(Number(values.cases), Number(seed), only);
  const report = await fuzz(before, {
    jobs: Number(values.jobs),
    seconds: seconds === undefined ? undefined : Number(seconds),
    onBreach: ({ kind, seed: at, why, shown }) => {
      console.log(
        `\nBROKEN ${kind}, case ${at} (again: npm run fuzz -- --only ${kind} --seed ${at} --cases 1)\n${why}\n${shown}`,
      );
    },
  });
  if (state !== undefined) store(state, report);
  tell(report);
  if (report.breaches.length > 0) return 1;
  return report.left.length > 0 ? 3 : 0;
}

function stored(state: string | undefined): FuzzReport | undefined {
  return state !== undefined && existsSync(state) ? (JSON.parse(readFileSync(state, 'utf8')) as FuzzReport) : undefined;
}

function store(state: string, { cases, breaches, kinds, left }: FuzzReport): void {
  writeFileSync(`${state}.tmp`, JSON.stringify({ cases, breaches, kinds, left }, undefined, 2));
  renameSync(`${state}.tmp`, state);
}

function tell({ cases, breaches, kinds, left }: FuzzReport): void {
  for (const [kind, { endings, slowest, wallMs }] of Object.entries(kinds)) {
    const count = Object.values(endings).reduce((sum, each) => sum + each, 0);
    const most = Object.entries(endings).sort(([, a], [, b]) => b - a);
    const ends = most.map(([ending, each]) => `${ending} ${each}`).join(', ');
    const rate = Math.round((1_000 * count) / Math.max(1, wallMs));
    console.log(`${kind}: ${count} at ${rate}/s; slowest ${Math.round(slowest.cpuMs)} ms (case ${slowest.seed}); ${ends}`);
  }
  const more = left.reduce((sum, { count }) => sum + count, 0);
  const ms = Object.values(kinds).reduce((sum, { wallMs }) => sum + wallMs, 0);
  console.log(`${cases} cases, ${breaches.length} broken, ${more} left; ${Math.round(ms / 1_000)} s of one process each`);
}
