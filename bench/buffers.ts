// How much faster do large typed arrays go through a flow, in and out, than cloned to a thread and back?
import { createEngine, type Workflow } from 'flowscript';
import { Piscina } from 'piscina';
import { benchmark, type Check } from './harness/benchmark.js';
import { flow, run } from './harness/flows.js';
import { interleave, timeOf } from './harness/interleave.js';
import { modulePath } from './harness/modules.js';
import { ratio, spread } from './harness/statistics.js';

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
  const checks: Check[] = [];
  const notes: string[] = [];
  for (const size of sizes) {
    const count = totalBytes / size;
    const sizesOfAll = Array.from({ length: count }, () => size);
    const arrays = sizesOfAll.map(() => new Uint8Array(size).fill(7));
    const times = await interleave(
      {
        flow: () => touchingTime(engine, touching('bytes.js'), sizesOfAll),
        handed: () => touchingTime(engine, touching('handed-bytes.js'), sizesOfAll),
        clones: () => timeOf(() => Promise.all(arrays.map((array) => pool.run(array)))),
        read: () => touchingTime(engine, touching('read-bytes.js'), sizesOfAll),
        readClones: () => timeOf(() => Promise.all(arrays.map((array) => pool.run(array, { name: 'first' })))),
        // What a result takes that nobody has copied before: all of them are there at the end, in memory that was not in use.
        copy: () => timeOf(() => arrays.map((array) => shared(array))),
      },
      { rounds: 7, budgetMs: 4_000 },
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
    const bound = (spread(times.clones).median * threads) / spread(times.copy).median;
    notes.push(
      `${name}: flow ${each(times.flow)}, handed over ${each(times.handed)}, cloned ${each(times.clones)}, ` +
        `read in place ${each(times.read)}, cloned in ${each(times.readClones)}; one copy ${each(times.copy)}: ` +
        `${threads} threads that did nothing but this copy would be ${bound.toFixed(1)} times as fast as the clones`,
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

function shared(array: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
