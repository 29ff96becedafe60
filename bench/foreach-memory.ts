// How much memory does a foreach over 1,000,000 items take, and does it hold the file that its items come from?
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchmark } from './harness/benchmark.js';
import { interleave, timeOf } from './harness/interleave.js';
import { childPath } from './harness/modules.js';
import { runNode } from './harness/spawn.js';
import { ratio, spread } from './harness/statistics.js';

/** What is asked, and what is measured where that would take too long. */
const [asked, fewer] = [1_000_000, 100_000];
const patienceMs = 9_000;

await benchmark('foreach-memory', 'peak memory of foreach over 1,000,000 items, against the array alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowscript-bench-'));
  try {
    const length = (await isQuick()) ? asked : fewer;
    const [ndjson, csv] = [join(folder, 'rows.ndjson'), join(folder, 'rows.csv')];
    await writeRows(ndjson, length, '', (id) => JSON.stringify({ id, name: `row ${id}`, value: id % 1000 }));
    await writeRows(csv, length, 'id,name,value\n', (id) => `${id},row ${id},${id % 1000}`);
    const peakOf = async (kind: string, file = '') => Number(await runNode([childPath('memory.js'), kind, String(length), file]));
    // A peak varies by a few percent, and a run takes seconds: one round, unless there is time for another.
    const peaks = await interleave(
      {
        bare: () => peakOf('bare'),
        array: () => peakOf('array'),
        foreach: () => peakOf('foreach'),
        ndjson: () => peakOf('ndjson', ndjson),
        csv: () => peakOf('csv', csv),
      },
      { rounds: 3, warmUps: 0, budgetMs: 12_000 },
    );
    const list = Object.entries(peaks).map(([name, values]) => `${name} ${spread(values).median.toFixed(0)} MiB`);
    return {
      checks: [
        { label: `${length} items in memory`, value: ratio(peaks.foreach, peaks.array), goal: { atMost: 2.5 } },
        // Less than its rows would take, results included: the file cannot have been held.
        { label: `${length} from an ndjson file`, value: ratio(peaks.ndjson, peaks.array), goal: { atMost: 1 } },
        { label: `${length} from a csv file`, value: ratio(peaks.csv, peaks.array), goal: { atMost: 1 } },
      ],
      notes: [
        ...(length < asked
          ? [`${asked} items would take longer than ${(3 * patienceMs) / 1000} s here, so fewer were measured`]
          : []),
        `peaks of whole processes: ${list.join(', ')}`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Whether a run with all items ends soon enough, going by one with a few. */
async function isQuick(): Promise<boolean> {
  const few = asked / 10;
  const [none, some] = [
    await timeOf(() => runNode([childPath('memory.js'), 'foreach', '1'])),
    await timeOf(() => runNode([childPath('memory.js'), 'foreach', String(few)])),
  ];
  return (some - none) * (asked / few) < patienceMs;
}

async function writeRows(file: string, length: number, head: string, row: (id: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(head);
  for (let from = 0; from < length; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => `${row(from + index)}\n`);
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
