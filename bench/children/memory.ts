// One case of the memory benchmark in a process of its own. Writes its peak, in MiB of resident memory, to stdout.
import { createEngine } from 'flowscript';
import { flow, run } from '../harness/flows.js';

const [kind, length = '', file = ''] = process.argv.slice(2);
const measure =
  '<foreach id="each" items="ITEMS" item="row"><transform:select id="one">row.value + 1</transform:select></foreach>';
const output = '<output value="size(each.output)"/>';

await perform();
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
process.exit();

async function perform(): Promise<void> {
  if (kind === 'bare') return;
  if (kind === 'array') return keep(makeRows(Number(length)));
  const engine = createEngine({ mode: 'threads', maxConcurrency: 2 });
  if (kind === 'foreach') {
    await run(engine, flow(measure.replace('ITEMS', 'run.input') + output), { input: makeRows(Number(length)) });
    return;
  }
  const source = `<source:file id="rows" path="${file}" format="${kind}"/>`;
  const rows = measure.replace('ITEMS', 'rows.output').replace('row.value', kind === 'csv' ? 'double(row.value)' : 'row.value');
  await run(engine, flow(source + rows + output));
}

function makeRows(count: number): unknown[] {
  return Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, value: id % 1000 }));
}

function keep(rows: readonly unknown[]): void {
  process.once('exit', () => rows.length);
}
