import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, readdirSync, statSync } from 'node:fs';
import { type FileHandle, open, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openFileRows } from '#src/runtimes/source/file-rows.js';
import { createFolder, createTrace, failureOf, runNode } from '../run-node.js';

const globbed = ['a.csv', 'ab.csv', 'b (1).csv', '.hidden', 'sub/x.csv', 'sub/.in/w.csv', 'sub/deep/z.csv'];
let folder: Awaited<ReturnType<typeof createFolder>>;
let outside: Awaited<ReturnType<typeof createFolder>>;

beforeAll(async () => {
  outside = await createFolder({ 'secret.json': '1' });
  folder = await createFolder({
    'a.json': '{"n":1}',
    'in/b.json': '2',
    'in/a.json': '1',
    'in/B.json': '3',
    'in/deep/c.json': '4',
    'rows.csv': 'id,name\n1,Ann\n',
    'rows.tsv': 'id\tname\n1\tAnn\n',
    'log.ndjson': '1\n2\n',
    'notes.md': 'hello\n',
    'odd.bin': new Uint8Array([0, 255]),
    'real[1].json': '"literal"',
    'broken.json': '[1,\n2,,]',
    ...Object.fromEntries(globbed.map((name) => [`globs/${name}`, 'x'])),
  });
});
afterAll(async () => {
  await folder.remove();
  await outside.remove();
});

const read = (config: object) => runNode('source:file', config, { flowDirectory: folder.path });

describe('source:file', () => {
  test.each([
    [{ path: 'a.json' }, { n: 1 }],
    [{ path: './in/../a.json' }, { n: 1 }],
    [{ path: 'rows.csv' }, [{ id: 1, name: 'Ann' }]],
    [{ path: 'rows.tsv' }, [{ id: 1, name: 'Ann' }]],
    [{ path: 'log.ndjson' }, [1, 2]],
    [{ path: 'log.ndjson', format: 'lines' }, ['1', '2']],
    [{ path: 'notes.md' }, 'hello\n'],
    [{ path: 'a.json', format: 'text' }, '{"n":1}'],
    [{ path: 'odd.bin', format: 'binary' }, new Uint8Array([0, 255])],
  ])('reads %j', async (config, value) => {
    expect(await read(config)).toEqual(value);
  });

  test('reads an absolute path', async () => {
    expect(await read({ path: `${folder.path}/a.json` })).toEqual({ n: 1 });
  });

  test('a glob that matches nothing gives no entries, and says so', async () => {
    const trace = createTrace();
    expect(await runNode('source:file', { path: 'in/*.jsn' }, { flowDirectory: folder.path, trace })).toEqual([]);
    const message = `The pattern "in/*.jsn" matches no file in ${join(folder.path, 'in')}; the output is an empty list.`;
    expect(trace.logs).toEqual([{ message, level: 'warn' }]);
  });

  test('a glob gives an entry per file, sorted by path', async () => {
    expect(await read({ path: 'in/**/*.json' })).toEqual([
      { path: 'in/B.json', content: 3 },
      { path: 'in/a.json', content: 1 },
      { path: 'in/b.json', content: 2 },
      { path: 'in/deep/c.json', content: 4 },
    ]);
    expect(await read({ path: 'in/{a,b}.json' })).toEqual([
      { path: 'in/a.json', content: 1 },
      { path: 'in/b.json', content: 2 },
    ]);
    expect(await read({ path: 'in/*.xml' })).toEqual([]);
  });

  test.each([
    ['globs/*.csv', ['a.csv', 'ab.csv', 'b (1).csv']],
    ['globs/?.csv', ['a.csv']],
    ['globs/[ab].csv', ['a.csv']],
    ['globs/[!b]*', ['a.csv', 'ab.csv']],
    ['globs/{a,b*}.{csv,txt}', ['a.csv', 'b (1).csv']],
    ['globs/{sub/{x,y},a}.csv', ['a.csv', 'sub/x.csv']],
    ['globs/*/*', ['sub/x.csv']],
    ['globs/**', ['a.csv', 'ab.csv', 'b (1).csv', 'sub/deep/z.csv', 'sub/x.csv']],
    ['globs/**/*.csv', ['a.csv', 'ab.csv', 'b (1).csv', 'sub/deep/z.csv', 'sub/x.csv']],
    ['globs/**/deep/*', ['sub/deep/z.csv']],
    ['globs/s**/*.csv', ['sub/x.csv']],
    ['globs/.*', ['.hidden']],
    ['globs/**/.in/*', ['sub/.in/w.csv']],
    ['./globs/../globs/a*.csv', ['a.csv', 'ab.csv']],
    ['globs/\\*.csv', []],
    ['globs/[', []],
    ['globs/{a', []],
    ['globs/[{]x,b*}.csv', []],
    ['globs/{[,{}]x,a}.csv', ['a.csv']],
    ['nowhere/*', []],
  ])('%s means %j', async (path, names) => {
    const found = (await read({ path, format: 'text' })) as { readonly path: string }[];
    expect(found.map((file) => file.path)).toEqual(names.map((name) => `globs/${name}`));
  });

  test('parentheses in a name are no pattern', async () => {
    expect(await read({ path: 'globs/b (1).csv', format: 'text' })).toBe('x');
  });

  test('a glob of mixed files reads each by its extension', async () => {
    expect(await read({ path: 'rows.*' })).toEqual([
      { path: 'rows.csv', content: [{ id: 1, name: 'Ann' }] },
      { path: 'rows.tsv', content: [{ id: 1, name: 'Ann' }] },
    ]);
  });

  test.each(['before it begins', 'at its first file'])('a glob reads no further once it was given up %s', async (when) => {
    const controller = new AbortController();
    const abort = () => controller.abort(new Error('given up'));
    let read = 0;
    const config = {
      path: 'globs/*.csv',
      // It is asked for when the bytes of a file are there.
      get encoding() {
        read += 1;
        abort();
        return undefined;
      },
    };
    if (when === 'before it begins') abort();
    const reading = runNode('source:file', config, { flowDirectory: folder.path, signal: controller.signal });
    await expect(reading).rejects.toThrow('given up');
    expect(read).toBe(when === 'before it begins' ? 0 : 1);
  });

  test('a file whose name looks like a pattern is read as itself', async () => {
    expect(await read({ path: 'real[1].json' })).toBe('literal');
  });

  test('a pattern may not lead out of the folder before its first wildcard', async () => {
    const elsewhere = `*/../../${outside.path.split('/').at(-1)}/*.json`;
    expect((await failureOf(() => read({ path: elsewhere }))).code).toBe('PATH_UNSAFE');
  });

  test.each([
    ['brokn.json', 'broken.json'],
    ['rows.cvs', 'rows.csv'],
    ['globz/ab.csv', 'globs'],
  ])('of %s, which is not there, says what was meant', async (path, near) => {
    expect((await failureOf(() => read({ path }))).hint).toBe(`Did you mean "${near}"?`);
  });

  test('says which file cannot be read, and where paths start', async () => {
    const error = await failureOf(() => read({ path: 'in/none.json' }));
    expect([error.code, error.message]).toEqual([
      'FILE_UNREADABLE',
      'Cannot read in/none.json: there is no such file or folder.',
    ]);
    expect(error.hint).toContain(folder.path);
    expect((await failureOf(() => read({ path: 'in' }))).message).toBe('Cannot read in: it is a folder.');
  });

  test('says where a file breaks', async () => {
    const error = await failureOf(() => read({ path: 'broken.json' }));
    expect(error.message).toBe('broken.json is not JSON: expected a value, got ",]" (line 2, column 3).');
  });

  test.each([[null], [''], [{}]])('refuses the path %j', async (path) => {
    expect((await failureOf(() => read({ path }))).code).toBe('FLOW_SETTING_INVALID');
  });
});

describe('a named pipe', () => {
  /** Every row, as a foreach asks for them. */
  const readRows = async (config: { readonly path: string; readonly format: 'lines' }) => {
    const rows: unknown[] = [];
    for await (const some of (await openFileRows(config, folder.path)) ?? []) rows.push(...some);
    return rows;
  };
  const pipe = () => `${folder.path}/pipe`;
  beforeAll(async () => {
    execFileSync('mkfifo', [pipe()]);
    await symlink('pipe', `${folder.path}/to-pipe`);
  });

  describe.each([
    ['whole', read],
    ['in pieces', readRows],
  ])('read %s', (_, reading) => {
    test.each([['pipe'], ['to-pipe']])('is refused as %s, since opening it may never end', async (path) => {
      const error = await failureOf(() => reading({ path, format: 'lines' }));
      expect(error.code).toBe('FILE_UNREADABLE');
      expect(error.message).toBe(`Cannot read ${path}: it is a named pipe, and opening it would never end if nobody writes.`);
      expect(error.hint).toContain('read /dev/stdin instead, and put < ');
    });

    test('is read where it is open already, also when its writer has ended', async () => {
      const opened = await openPipe('1\n2\n');
      expect(await reading({ path: `/dev/fd/${opened.fd}`, format: 'lines' })).toEqual(['1', '2']);
      await opened.close();
    });
  });

  test('holds none of the threads that Node reads files with, however long its writer is silent', async () => {
    const opened = await open(pipe(), constants.O_RDWR);
    // Node has four of them.
    const waiting = Array.from({ length: 6 }, () => read({ path: `/dev/fd/${opened.fd}`, format: 'text' }));
    expect(await read({ path: 'a.json' })).toEqual({ n: 1 });
    await opened.write('x');
    // Whoever comes to open it after it is closed finds nothing.
    await vi.waitFor(() => expect(openingsOfPipe()).toBe(1 + waiting.length), { timeout: 30_000 });
    await opened.close();
    expect((await Promise.all(waiting)).join('')).toBe('x');
  });

  test('is refused where it is a socket and not standard input', async () => {
    const path = `${folder.path}/socket`;
    const server = createServer().listen(path);
    await once(server, 'listening');
    const error = await failureOf(() => read({ path, format: 'text' }));
    expect([error.code, error.message]).toEqual(['FILE_UNREADABLE', `Cannot read ${path}: it is a socket.`]);
    expect(error.hint).toBe('Only standard input may be one: read /dev/stdin.');
    server.close();
  });

  /** How often this process has it open. */
  function openingsOfPipe(): number {
    const { ino } = statSync(pipe());
    return readdirSync('/dev/fd').filter((fd) => statSync(`/dev/fd/${fd}`, { throwIfNoEntry: false })?.ino === ino).length;
  }

  async function openPipe(text: string): Promise<FileHandle> {
    const reader = await open(pipe(), constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = await open(pipe(), 'w');
    await writer.writeFile(text);
    await writer.close();
    return reader;
  }
});

describe('source:value', () => {
  test('gives an evaluated value, or a fresh copy of its JSON', async () => {
    expect(await runNode('source:value', { value: [1] })).toEqual([1]);
    const first = await runNode('source:value', { json: '{"a":[1]}' });
    expect(first).toEqual({ a: [1] });
    expect(await runNode('source:value', { json: '{"a":[1]}' })).not.toBe(first);
  });
});
