// How many bytes of garbage each item of a foreach leaves in the old generation, where only a full collection frees it. Run with --expose-gc.
import v8 from 'node:v8';
import { createEngine, parseWorkflow } from '#src/index.js';

const count = Number(process.argv[2]);
const flow = parseWorkflow(`
  <workflow name="garbage">
    <foreach id="each" items="run.input" item="row"><transform:select id="one">row.value + 1</transform:select></foreach>
    <output value="size(each.output)"/>
  </workflow>`);
const input = Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, value: id % 1000 }));
const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
// Code is compiled, threads are there, and the young generation has its size.
for (let round = 0; round < 2; round++) await engine.run(flow, { input: input.slice(0, count / 4) });
// V8 chooses when it collects, and a machine with other work can make it choose badly once; what the code itself holds on to shows in every round.
const rounds = [];
for (let round = 0; round < 5; round++) rounds.push(await garbageOfOneRun());
process.stdout.write(
  JSON.stringify({
    outputs: rounds.map(({ output }) => output),
    bytesPerItem: Math.min(...rounds.map(({ bytes }) => bytes / count)),
  }),
);
process.exit();

async function garbageOfOneRun() {
  globalThis.gc();
  const before = oldBytes();
  const { output } = await engine.run(flow, { input });
  return { output, bytes: oldBytes() - before };
}

function oldBytes() {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size;
}
