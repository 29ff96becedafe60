// How much faster do large typed arrays go through a flow, in and out, than cloned to a thread and back?
import { createEngine } from 'flowscript';
import { Piscina } from 'piscina';
import { benchmark, type Check } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { modulePath } from './harness/modules.js';
import { ratio, spread } from './harness/statistics.js';

/** Arrays of this many bytes, as many as go into 128 MiB. */
const sizes = [64 * 1024, 16 * 1024 * 1024];
const totalBytes = 128 * 1024 * 1024;

await benchmark('buffers', 'typed arrays in and out of a task, against cloning them', async () => {
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  const pool = new Piscina<Uint8Array, Uint8Array>({ filename: modulePath('bytes.js'), minThreads: 2, maxThreads: 2 });
  // Made in a worker, changed in another task, and only their first bytes come out.
  const workflow = flow(`
    <foreach id="made" items="run.input" item="size"><transform:module id="m" src="./bytes.js" export="make"/></foreach>
    <foreach id="touched" items="made.output" item="b"><transform:module id="t" src="./bytes.js"/></foreach>
    <output value="size(touched.output)"/>`);
  const checks: Check[] = [];
  const notes: string[] = [];
  for (const size of sizes) {
    const count = totalBytes / size;
    const arrays = Array.from({ length: count }, () => new Uint8Array(size).fill(7));
    const times = await interleave(
      {
        flow: () =>
          touchingTime(
            engine,
            workflow,
            Array.from({ length: count }, () => size),
          ),
        clones: () => timeOf(() => Promise.all(arrays.map((array) => pool.run(array)))),
        memcpy: () => timeOf(() => arrays.map((array) => array.slice())),
      },
      { rounds: 7, budgetMs: 5_000 },
    );
    const label = `${size / 1024} KiB, times the throughput`;
    checks.push({ label, value: ratio(times.clones, times.flow), goal: { atLeast: 5 } });
    const each = (all: readonly number[]) => `${((spread(all).median / count) * 1000).toFixed(0)} µs`;
    notes.push(`${size / 1024} KiB: flow ${each(times.flow)}, cloned ${each(times.clones)}, one copy ${each(times.memcpy)}`);
  }
  return { checks, notes };
});

/** From the moment the arrays are there until all have been through a second task, in milliseconds. */
async function touchingTime(
  engine: ReturnType<typeof createEngine>,
  workflow: ReturnType<typeof flow>,
  input: readonly number[],
) {
  let began = Number.NaN;
  await run(engine, workflow, {
    input,
    onEvent: (event) => {
      if (event.type === 'node.finished' && event.nodeId === 'made') began = performance.now();
    },
  });
  return performance.now() - began;
}
