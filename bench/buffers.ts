// How much faster do large typed arrays go through a flow, in and out, than cloned to a thread and back?
import { createEngine, type Workflow } from 'flowscript';
import { Piscina } from 'piscina';
import { benchmark, type Check } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { modulePath } from './harness/modules.js';
import { ratio, spread } from './harness/statistics.js';
import type { Copies } from './modules/copies.js';

/** Arrays of this many bytes, as many as go into 128 MiB. */
const sizes = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024];
const totalBytes = 128 * 1024 * 1024;
const threads = 2;

await benchmark('buffers', 'typed arrays in and out of a task, against cloning them', async () => {
  const engine = createEngine({ mode: 'threads', maxConcurrency: threads });
  const pool = new Piscina<Uint8Array, unknown>({
    filename: modulePath('bytes.js'),
    minThreads: threads,
    maxThreads: threads,
  });
  const copier = new Piscina<Copies, number>({
    filename: modulePath('copies.js'),
    minThreads: threads,
    maxThreads: threads,
  });
  const checks: Check[] = [];
  const notes: string[] = [];
  for (const size of sizes) {
    const count = totalBytes / size;
    const sizesOfAll = Array.from({ length: count }, () => size);
    const copies = { count: count / threads, sizeBytes: size };
    const arrays = sizesOfAll.map(() => new Uint8Array(size).fill(7));
    const times = await interleave(
      {
        flow: () => touchingTime(engine, touching('bytes.js'), sizesOfAll),
        handed: () => touchingTime(engine, touching('handed-bytes.js'), sizesOfAll),
        clones: () => timeOf(() => Promise.all(arrays.map((array) => pool.run(array)))),
        read: () => touchingTime(engine, touching('read-bytes.js'), sizesOfAll),
        copiedOnce: () => copyingTime(copier, copies, 'once'),
        copiedTwice: () => copyingTime(copier, copies, 'twice'),
        readClones: () => timeOf(() => Promise.all(arrays.map((array) => pool.run(array, { name: 'first' })))),
      },
      { rounds: 7, budgetMs: 4_500 },
    );
    const name = size < 1024 * 1024 ? `${size / 1024} KiB` : `${size / 1024 / 1024} MiB`;
    checks.push({ label: `${name}, times the throughput`, value: ratio(times.clones, times.flow), goal: { atLeast: 5 } });
    checks.push({
      label: `${name}, by a module that hands over`,
      value: ratio(times.clones, times.handed),
      goal: { atLeast: 5 },
    });
    checks.push({
      label: `${name}, in alone, by a module that reads in place`,
      value: ratio(times.readClones, times.read),
      goal: { atLeast: 5 },
    });
    const each = (all: readonly number[]) => `${((spread(all).median / count) * 1000).toFixed(0)} µs`;
    const bound = (copying: readonly number[]) => ratio(times.clones, copying).median.toFixed(1);
    notes.push(
      `${name}: flow ${each(times.flow)}, handed over ${each(times.handed)}, cloned ${each(times.clones)}, ` +
        `read in place ${each(times.read)}, cloned in ${each(times.readClones)}; ${threads} threads that did nothing but copy ` +
        `would be ${bound(times.copiedTwice)} times as fast as the clones, and ${bound(times.copiedOnce)} times where arrays are handed over`,
    );
  }
  return { checks, notes };
});

/** Arrays made in a worker, changed or read in another task. */
function touching(module: string): Workflow {
  return flow(`
    <foreach id="made" items="run.input" item="size"><transform:module id="m" src="./bytes.js" export="make"/></foreach>
    <foreach id="touched" items="made.output" item="b"><transform:module id="t" src="./${module}"/></foreach>
    <output value="size(touched.output)"/>`);
}

/** From the moment the arrays are there until all have been through a second task, in milliseconds. */
async function touchingTime(engine: ReturnType<typeof createEngine>, workflow: Workflow, input: readonly number[]) {
  let began = Number.NaN;
  await run(engine, workflow, {
    input,
    onEvent: (event) => {
      if (event.type === 'node.finished' && event.nodeId === 'made') began = performance.now();
    },
  });
  return performance.now() - began;
}

/** What isolation needs, in threads that do nothing else, at one time: they share what the memory can do. In milliseconds. */
async function copyingTime(pool: Piscina<Copies, number>, task: Copies, name: 'once' | 'twice') {
  const times = await Promise.all(Array.from({ length: threads }, () => pool.run(task, { name })));
  return Math.max(...times);
}
