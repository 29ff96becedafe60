// What does the whole table look like here and now? Runs every benchmark, or those that are named, each in a process of its own.
import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row, Started } from './harness/benchmark.js';
import { root } from './harness/modules.js';
import { renderTable } from './harness/render.js';

/** In the order of the table of goals; the last two have no goal. */
const names = [
  'speed-up',
  'small-branches',
  'foreach-items',
  'foreach-memory',
  'shared-blocked',
  'shared-wall',
  'shared-field',
  'buffers',
  'auto',
  'traces-cpu',
  'traces-wait',
  'plan',
  'cli-start',
  'cold-pool',
  'records',
  'modes',
  'peers',
];
/** On a machine that does nothing else no benchmark takes half as long. */
const limitMs = 45_000;
/** All together, so that the table is there in five minutes even where the machine is busy. */
const totalMs = 285_000;
/** A process that was told to end gets this long. */
const killMs = 2_000;

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const unknown = asked.filter((name) => !names.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`No benchmark is called ${unknown.join(', ')}. There are ${names.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  await runAll(asked.length === 0 ? names : asked);
}

async function runAll(selected: readonly string[]): Promise<void> {
  const began = performance.now();
  const load = loadavg()[0] ?? 0;
  const rows: Row[] = [];
  for (const name of selected) {
    process.stderr.write(`${name} ...`);
    const row = await runOne(name, Math.min(limitMs, totalMs - (performance.now() - began)));
    process.stderr.write(` ${(row.durationMs / 1000).toFixed(1)} s\n`);
    rows.push(row);
  }
  process.stdout.write(`\n${renderTable(rows)}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  const machine = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown' };
  const result = {
    date: new Date().toISOString(),
    commit: commit(),
    ...machine,
    loadBefore: load,
    loadAfter: loadavg()[0],
    seconds,
    rows,
  };
  process.stdout.write(
    `\n${seconds} s on ${machine.cores} cores, Node ${machine.node}, load before ${load.toFixed(2)}, commit ${result.commit}\n`,
  );
  if (selected.length === names.length) save(result);
}

function runOne(name: string, leftMs: number): Promise<Row> {
  const began = performance.now();
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return new Promise((resolve) => {
    const child = fork(file, flags);
    let what = '';
    const settle = (row: Row) => {
      clearTimeout(timer);
      if (child.connected) child.disconnect();
      resolve(row);
    };
    const fail = (reason: string) =>
      settle({ name, what, checks: [], verdict: 'unmeasured', notes: [reason], durationMs: performance.now() - began });
    const timer = setTimeout(
      () => {
        child.kill();
        setTimeout(() => child.kill('SIGKILL'), killMs).unref();
        fail(`not done after ${Math.round(leftMs / 1000)} s, which was all the time it had: npm run bench -- ${name}`);
      },
      Math.max(0, leftMs),
    );
    child.on('message', (message: Started | Row) => {
      if ('checks' in message) settle(message);
      else what = message.what;
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code} before it had an answer`));
  });
}

function commit(): string {
  try {
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', '--', 'src', 'workers', 'bench') === '' ? '' : '-changed')
    );
  } catch {
    return 'unknown';
  }
}

function save(result: { readonly date: string; readonly commit: string }): void {
  const folder = join(root, 'bench/results');
  const name = flags.includes('--baseline') ? 'baseline' : `${result.date.slice(0, 10)}-${result.commit}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`Kept in bench/results/${name}.json\n`);
}
