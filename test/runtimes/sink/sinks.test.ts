import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, readFile, stat, symlink } from 'node:fs/promises';
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

/** A device of its own, since a mistake would replace that of the machine. */
function makeDevice(name: string, minor: number): boolean {
  try {
    execFileSync('mknod', ['-m', '666', join(folder.path, name), 'c', '1', String(minor)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('sink:file leaves what is there as it is', () => {
  const at = (name: string) => join(folder.path, name);
  const makePipe = () => execFileSync('mkfifo', [at('pipe')]);

  test.each([[0o600], [0o444], [0o640], [0o755]])('a file of mode %o', async (mode) => {
    await chmod(at('old.json'), mode);
    await write({ path: 'old.json' }, 1);
    expect((await stat(at('old.json'))).mode & 0o777).toBe(mode);
    expect(await content('old.json')).toBe('1');
  });

  test.each([['old.json'], ['new.json'], ['deep/new.json']])('a link, and writes %s that it leads to', async (target) => {
    await symlink(target, at('second'));
    await mkdir(at('links'));
    await symlink('../second', at('links/first.json'));
    await write({ path: 'links/first.json' }, 1);
    expect(await content(target)).toBe('1');
    for (const link of ['second', 'links/first.json']) expect((await lstat(at(link))).isSymbolicLink()).toBe(true);
    expect((await readdir(at('links'))).length).toBe(1);
  });

  test('links in a circle', async () => {
    await symlink('b', at('a'));
    await symlink('a', at('b'));
    expect((await failureOf(() => write({ path: 'a' }, 1))).message).toContain('in a circle');
  });

  test('a descriptor, which a link may lead to, and a file behind it', async () => {
    const log = await open(at('old.json'), 'a');
    await symlink(`/dev/fd/${log.fd}`, at('out'));
    expect(await write({ path: 'out', format: 'text' }, ' and é')).toEqual({ path: 'out', bytes: 7 });
    await write({ path: `/dev/fd/${log.fd}`, format: 'text' }, '!');
    await log.close();
    expect(await content('old.json')).toBe('old and é!');
    expect((await readdir(folder.path)).sort()).toEqual(['old.json', 'out']);
  });

  test('a pipe, which somebody must read', async () => {
    makePipe();
    const error = await failureOf(() => write({ path: 'pipe' }, 1));
    expect([error.code, error.message]).toEqual(['FILE_UNWRITABLE', 'Cannot write pipe: it is a named pipe that nobody reads.']);
    expect(error.hint).toBe('Start what reads from it first.');
    const reader = await open(at('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
    await write({ path: 'pipe' }, [1]);
    expect(await reader.readFile('utf8')).toBe('[\n  1\n]');
    await reader.close();
    expect((await lstat(at('pipe'))).isFIFO()).toBe(true);
  });

  test('a device (where one may be made)', async ({ skip }) => {
    if (!(makeDevice('null', 3) && makeDevice('full', 7))) skip();
    expect(await write({ path: 'null', format: 'text' }, 'abc')).toEqual({ path: 'null', bytes: 3 });
    expect((await failureOf(() => write({ path: 'full' }, 1))).message).toBe('Cannot write full: the disk is full.');
    for (const name of ['null', 'full']) expect((await lstat(at(name))).isCharacterDevice()).toBe(true);
    expect((await readdir(folder.path)).sort()).toEqual(['full', 'null', 'old.json']);
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
    expect((await failureOf(() => runNode('fail', { code: '\n NO_ROWS\n' }))).code).toBe('NO_ROWS');
    expect((await failureOf(() => runNode('fail', {}))).code).toBe('NODE_FAILED');
  });

  test.each([
    ['', 'a blank text'],
    [' \n', 'a blank text'],
    ['A\nB', 'a text of 2 lines'],
    [[1, 2], 'a list of 2'],
    [404, 'the number 404'],
    [null, 'null'],
  ])('fail refuses the code %j, and keeps the message', async (code, what) => {
    const error = await failureOf(() => runNode('fail', { code, message: 'nothing there' }));
    expect(error).toMatchObject({ code: 'FLOW_SETTING_INVALID', cause: { code: 'NODE_FAILED', message: 'nothing there' } });
    expect(error.message).toBe(`\`code\` of fail must be one line of text, got ${what}.`);
  });
});
