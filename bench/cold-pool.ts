// Do workers start while the flow is parsed, and does a worker start almost as soon as one that loads nothing?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createEngine } from 'flowscript';
import { benchmark } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { commandPath } from './harness/modules.js';
import { runNode } from './harness/spawn.js';
import { ratio, spread } from './harness/statistics.js';

/** Nodes that are read and checked and never run: parsing them takes longer than starting a worker. */
const idleNodes = 3_000;

await benchmark('cold-pool', 'first task on a cold pool', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowscript-bench-'));
  const file = join(folder, 'flow.xml');
  writeFileSync(file, largeFlow());
  const command = [commandPath(), 'run', file, '--quiet', '--max-concurrency', '1', '--mode'];
  const task = flow('<transform:select id="one">1 + 1</transform:select>');
  const times = await interleave(
    {
      async: () => timeOf(() => runNode([...command, 'async'])),
      threads: () => timeOf(() => runNode([...command, 'threads'])),
      worker: () => firstTaskTime(task),
      empty: emptyWorkerTime,
    },
    { rounds: 9, budgetMs: 8_000 },
  );
  rmSync(folder, { recursive: true });
  return {
    checks: [
      {
        label: 'the command with a worker, which starts while a large flow is parsed, against without',
        value: ratio(times.threads, times.async),
        goal: { atMost: 1.05 },
      },
      {
        label: 'a worker with its first task, against an empty one',
        value: ratio(times.worker, times.empty),
        goal: { atMost: 2 },
      },
    ],
    notes: [
      `worker ${spread(times.worker).median.toFixed(0)} ms, empty one ${spread(times.empty).median.toFixed(0)} ms`,
      `run of a large flow with threads ${spread(times.threads).median.toFixed(0)} ms, async ${spread(times.async).median.toFixed(0)} ms`,
      'on two cores the start is hidden but not free: the worker slows the parsing down beside it; most of a start is compiling 450 KB',
    ],
  };
});

async function firstTaskTime(task: ReturnType<typeof flow>): Promise<number> {
  const engine = createEngine({ mode: 'threads', maxConcurrency: 1 });
  const ms = await timeOf(() => run(engine, task));
  await engine.close();
  return ms;
}

/** A thread that says hello and loads nothing. */
async function emptyWorkerTime(): Promise<number> {
  const source = `data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage('hello');`;
  const worker = new Worker(new URL(source));
  const ms = await timeOf(() => new Promise((resolve) => worker.once('message', resolve)));
  await worker.terminate();
  return ms;
}

function largeFlow(): string {
  const idle = Array.from(
    { length: idleNodes },
    (_, index) => `<transform:select id="n${index}">${index} + 1</transform:select>`,
  );
  return `<workflow name="large">
  <if id="never" condition="false"><then>${idle.join('\n')}</then></if>
  <transform:select id="one">1 + 1</transform:select>
</workflow>
`;
}
