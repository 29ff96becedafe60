import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes } from './example-folder.js';

const texts = {
  'a.txt': 'The worker waits. The worker works, and threadPool grows: ABC.',
  'b/deep.txt': 'A pool of threads, a POOL of workers — or no pool at all.',
  'c.txt': '',
};
const example = new ExampleFolder('3-text-index');
for (const [name, text] of Object.entries({ ...texts, 'skipped.md': 'pool' })) {
  const file = join(example.root, 'texts', name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
afterAll(() => example.remove());

describe.each(modes)('3-text-index, mode %s', async (mode) => {
  const { exitCode, output } = await example.run(mode, { folder: 'texts', suffix: '.txt', query: 'pool' });

  it('finds the files of a query, the best first', () => {
    expect({ exitCode, output }).toMatchObject({
      exitCode: 0,
      output: { files: 3, best: [{ file: 'b/deep.txt' }, { file: 'a.txt' }] },
    });
  });

  it('lists each file with its size, its packed size and its hash', () => {
    const rows = Object.entries(texts).map(([file, text]) => {
      const packed = brotliCompressSync(text).length;
      return [file, [...text].length, packed, createHash('sha256').update(text).digest('hex')].join(',');
    });
    expect(example.read('out/files.csv')).toBe(['file,characters,packedBytes,sha256', ...rows, ''].join('\n'));
  });

  it('counts words file by file, in whatever case', () => {
    expect(example.readJson('out/index.json')).toEqual({
      files: Object.keys(texts),
      termCount: 12,
      postings: {
        abc: [[0, 1]],
        all: [[1, 1]],
        and: [[0, 1]],
        grows: [[0, 1]],
        pool: [
          [0, 1],
          [1, 3],
        ],
        the: [[0, 2]],
        thread: [[0, 1]],
        threads: [[1, 1]],
        waits: [[0, 1]],
        worker: [[0, 2]],
        workers: [[1, 1]],
        works: [[0, 1]],
      },
    });
  });
});

it('3-text-index says what is wrong with a folder that leads out of the project', async () => {
  const { exitCode, events } = await example.run('threads', { folder: 'texts/../..', suffix: '.txt' });

  expect(exitCode).toBe(1);
  expect(events.at(-1)).toMatchObject({ status: 'failed', error: { code: 'PATH_UNSAFE' } });
});
