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
    const files = { ndjson: join(folder, 'rows.ndjson'), csv: join(folder, 'rows.csv') };
    const longer = { ndjson: join(folder, 'more.ndjson'), csv: join(folder, 'more.csv') };
    for (const [{ ndjson, csv }, rows] of [[files, length] as const, [longer, 2 * length] as const]) {
      await writeRows(ndjson, rows, '', (id) => JSON.stringify({ id, name: `row ${id}`, value: id % 1000 }));
      await writeRows(csv, rows, 'id,name,value\n', (id) => `${id},row ${id},${id % 1000}`);
    }
    const peakOf = async (kind: string, file = '') => Number(await runNode([childPath('memory.js'), kind, String(length), file]));
    // A peak varies by a few percent, and a run takes seconds: one round, unless there is time for another.
    const peaks = await interleave(
      {
        bare: () => peakOf('bare'),
        array: () => peakOf('array'),
        foreach: () => peakOf('foreach'),
        ndjson: () => peakOf('ndjson', files.ndjson),
        csv: () => peakOf('csv', files.csv),
        moreNdjson: () => peakOf('ndjson', longer.ndjson),
        moreCsv: () => peakOf('csv', longer.csv),
      },
      { rounds: 3, warmUps: 0, budgetMs: 12_000 },
    );
    const growth = (fewer: readonly number[], more: readonly number[]) => more.map((mib, at) => mib - (fewer[at] as number));
    const rows = growth(peaks.bare, peaks.array);
    const list = Object.entries(peaks).map(([name, values]) => `${name} ${spread(values).median.toFixed(0)} MiB`);
    return {
      checks: [
        { label: `${length} items in memory`, value: ratio(peaks.foreach, peaks.array), goal: { atMost: 2.5 } },
        { label: `${length} from an ndjson file`, value: ratio(peaks.ndjson, peaks.array), goal: { atMost: 2.5 } },
        { label: `${length} from a csv file`, value: ratio(peaks.csv, peaks.array), goal: { atMost: 2.5 } },
        // Results are kept, as they are asked for; a row takes several times as much.
        {
          label: `${length} rows more in an ndjson file, against such rows in memory`,
          value: ratio(growth(peaks.ndjson, peaks.moreNdjson), rows),
          goal: { atMost: 0.5 },
        },
        {
          label: `${length} rows more in a csv file`,
          value: ratio(growth(peaks.csv, peaks.moreCsv), rows),
          goal: { atMost: 0.5 },
        },
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
