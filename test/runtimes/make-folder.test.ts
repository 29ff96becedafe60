import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const code = `
import { workerData } from 'node:worker_threads';
import { join } from 'node:path';
const { makeFolder } = await import(workerData.module);
for (let round = 0; round < 300; round++) {
  // Both begin each round together.
  Atomics.add(workerData.ready, 0, 1);
  while (Atomics.load(workerData.ready, 0) < 2 * (round + 1));
  makeFolder(join(workerData.folder, String(round), 'runs', 'of', 'a', 'flow'));
}`;

test('a folder that two make at the same time is made, and neither is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowscript-folders-'));
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const module = new URL('../../dist/src/runtimes/make-folder.js', import.meta.url).href;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const workers = [1, 2].map(() => new Worker(url, { workerData: { folder, ready, module } }));
  try {
    expect(await Promise.all(workers.map((worker) => once(worker, 'exit')))).toEqual([[0], [0]]);
    expect(readdirSync(folder)).toHaveLength(300);
  } finally {
    for (const worker of workers) await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
});
