import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFolder, createTrace, failureOf, runNode } from '../run-node.js';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeEach(async () => {
  folder = await createFolder({ 'old.json': 'old' });
});
afterEach(() => folder.remove());

const write = (config: object, input: unknown) => runNode('sink:file', config, { input, flowDirectory: folder.path });
const content = (path: string) => readFile(join(folder.path, path), 'utf8');

describe('sink:file', () => {
  test.each([
    ['out/deep/a.json', { a: [1] }, {}, '{\n  "a": [\n    1\n  ]\n}'],
    ['a.json', { a: 1 }, { indent: 0 }, '{"a":1}'],
    ['a.json', 'text', {}, '"text"'],
    ['a.json', 'text', { format: 'text' }, 'text'],
    ['a.ndjson', [1, { b: 2 }], {}, '1\n{"b":2}\n'],
    ['a.csv', [{ a: 1 }], {}, 'a\n1\n'],
    ['a.tsv', [{ a: 1, b: 2 }], {}, 'a\tb\n1\t2\n'],
    ['a.txt', 'text', {}, 'text'],
    ['a.dat', [1], { indent: 0 }, '[1]'],
    ['a.dat', 'text', {}, 'text'],
    ['a.json', new TextEncoder().encode('bytes'), {}, 'bytes'],
    ['a.txt', ['a', 'b'], { format: 'lines' }, 'a\nb\n'],
  ])('writes %s of %j with %j', async (path, input, config, text) => {
    expect(await write({ path, ...config }, input)).toEqual({ path, bytes: Buffer.byteLength(text) });
    expect(await content(path)).toBe(text);
  });

  test('replaces a former file and leaves nothing beside it', async () => {
    await write({ path: 'old.json' }, 'é');
    expect(await content('old.json')).toBe('"é"');
    expect(await readdir(folder.path)).toEqual(['old.json']);
  });

  test('keeps the former file when the input does not fit', async () => {
    expect((await failureOf(() => write({ path: 'old.json', format: 'csv' }, 5))).code).toBe('NODE_INPUT_INVALID');
    expect(await content('old.json')).toBe('old');
  });

  test('says why it cannot write, and removes the temporary file', async () => {
    await mkdir(join(folder.path, 'taken.json'));
    const error = await failureOf(() => write({ path: 'taken.json' }, 1));
    expect(error.code).toBe('FILE_UNWRITABLE');
    expect(error.message).toContain('Cannot write taken.json');
    expect((await readdir(folder.path)).sort()).toEqual(['old.json', 'taken.json']);
    expect((await failureOf(() => write({ path: 'old.json/x.json' }, 1))).message).toContain('a part of the path is a file');
  });
});

describe('sink:log', () => {
  test('logs a message and passes its input on', async () => {
    const trace = createTrace();
    const input = { a: 1 };
    expect(await runNode('sink:log', { message: 'hello', level: 'warn' }, { input, trace })).toBe(input);
    await runNode('sink:log', {}, { input, trace });
    await runNode('sink:log', {}, { input: 'x'.repeat(3000), trace });
    expect(trace.logs[0]).toEqual({ message: 'hello', level: 'warn' });
    expect(trace.logs[1]).toEqual({ message: '{"a":1}', level: 'info' });
    expect(trace.logs[2]?.message).toBe(`${'x'.repeat(2000)}… (3000 characters)`);
  });
});

describe('set and fail', () => {
  test('set writes a variable and gives its value', async () => {
    const trace = createTrace();
    expect(await runNode('set', { name: 'total', value: 7, scope: 'workflow' }, { trace })).toBe(7);
    await runNode('set', { name: 'n', value: null }, { trace });
    expect(trace.variables).toEqual([
      { name: 'total', value: 7, scope: 'workflow' },
      { name: 'n', value: null, scope: 'node' },
    ]);
  });

  test('fail throws what its author wrote', async () => {
    const error = await failureOf(() => runNode('fail', { code: 'NO_ROWS', message: 'nothing there' }));
    expect([error.code, error.message]).toEqual(['NO_ROWS', 'nothing there']);
    expect((await failureOf(() => runNode('fail', {}))).code).toBe('NODE_FAILED');
  });
});
