// Attacks FlowScript with changed flows, expressions, data and command lines.
// FLOWSCRIPT_FUZZ_RUNS: how many (default 100,000); _SEED: the first case; _ONLY: one kind; _JOBS: processes at one time.
import { availableParallelism } from 'node:os';
import { fuzz } from './fuzz.js';

const {
  FLOWSCRIPT_FUZZ_RUNS: runs = '100000',
  FLOWSCRIPT_FUZZ_SEED: seed = '1',
  FLOWSCRIPT_FUZZ_ONLY: only,
  FLOWSCRIPT_FUZZ_JOBS: jobs,
} = process.env;

const start = performance.now();
const report = await fuzz({
  runs: Number(runs),
  seed: Number(seed),
  jobs: Number(jobs ?? availableParallelism()),
  only,
  onBreach: ({ kind, seed: at, why, shown }) => {
    console.log(
      `\nBROKEN ${kind}, case ${at} (again: FLOWSCRIPT_FUZZ_ONLY=${kind} FLOWSCRIPT_FUZZ_SEED=${at} FLOWSCRIPT_FUZZ_RUNS=1 npm run fuzz)\n${why}\n${shown}`,
    );
  },
});
for (const [kind, endings] of Object.entries(report.endings)) {
  const most = Object.entries(endings).sort(([, a], [, b]) => b - a);
  const { seed: at, cpuMs } = report.slowest[kind] ?? { seed: 0, cpuMs: 0 };
  console.log(
    `${kind}: ${most.map(([ending, count]) => `${ending} ${count}`).join(', ')}; slowest ${Math.round(cpuMs)} ms (case ${at})`,
  );
}
console.log(
  `${report.cases} cases from ${seed} on, ${report.breaches.length} broken, ${Math.round((performance.now() - start) / 1000)} s`,
);
process.exitCode = report.breaches.length > 0 ? 1 : 0;
