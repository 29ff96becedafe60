import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, parseWorkflow } from '#src/index.js';
import { createFolder } from '../run-node.js';

let folder: Awaited<ReturnType<typeof createFolder>>;
const engine = createEngine({ mode: 'async' });

beforeAll(async () => {
  folder = await createFolder({
    'flow/data/a.txt': 'inside',
    'flow/data/b/c.txt': 'inside',
    'flow/secret.txt': 'OUTSIDE',
    'secret.txt': 'OUTSIDE',
    'archive/2024.txt': 'archived',
    'flow/linked/a.txt': 'inside',
    'flow/data*/x.txt': 'odd',
    [`flow/data/${'a'.repeat(200)}`]: 'inside',
  });
});
afterAll(async () => {
  await engine.close();
  await folder.remove();
});

async function read(path: string, input: unknown): Promise<{ readonly code: string | undefined; readonly text: string }> {
  const text = `<workflow name="w"><source:file id="f" path="${path}" format="text"/></workflow>`;
  const { error, output } = await engine.run(parseWorkflow(text, { file: `${folder.path}/flow/flow.xml` }), { input });
  return { code: error?.code, text: JSON.stringify(output) ?? '' };
}

const wild = [
  '*',
  '**',
  '?',
  '[.]',
  '[.][.]',
  '{.,x}',
  '{.,x}{.,x}',
  '{..,x}',
  '@(..)',
  '+(.)',
  '!(x)',
  '..',
  '.',
  'a.txt',
  'b',
  'secret.txt',
  '/',
  '\\',
  '',
  '{a,/etc/passwd}',
  '%2e%2e',
  '\u0000',
  'C:',
  '..\u3000',
  '．．',
  '~',
  '$HOME',
  'CON',
  'a.txt::$DATA',
];

describe('data in a path', () => {
  test.each([
    ['{.,x}{.,x}/secret.txt'],
    ['[.][.]/secret.txt'],
    ['@(..)/secret.txt'],
    ['{..,x}/secret.txt'],
    ['{b,..}/secret.txt'],
    ['{b/..,b}/../secret.txt'],
    ['../secret.txt'],
    ['b/../../secret.txt'],
    ['/etc/passwd'],
    ['a.txt\u0000/../../secret.txt'],
    ['..\\secret.txt'],
    ['+(.)/secret.txt'],
    ['!(x)/../secret.txt'],
    ['{a,b,}/../secret.txt'],
  ])('never leaves its folder: %s', async (name) => {
    for (const path of [
      'data/{{ run.input }}',
      'data/b/{{ run.input }}',
      './data/{{ run.input }}',
      'data/*{{ run.input }}',
      '{{ run.input }}',
    ]) {
      const { code, text } = await read(path, path.includes('data/b/') ? `../${name}` : name);
      expect(text, `${path} with ${name}`).not.toContain('root:');
      if (path !== '{{ run.input }}') expect(text, `${path} with ${name} (${code})`).not.toContain('OUTSIDE');
    }
  });

  test.each([
    ['of many stars', `data/{{ run.input }}`, `${'*a'.repeat(40)}c`, undefined],
    ['of nested choices', `data/{{ run.input }}`, `${'{a,aa}'.repeat(60)}c`, undefined],
    ['as long as a book', `data/{{ run.input }}`, `*${'long '.repeat(10_000)}`, 'FILE_UNREADABLE'],
    ['with a range that runs backwards', `data/{{ run.input }}`, '[z-a]', 'FILE_UNREADABLE'],
  ])('takes no time that counts, and takes nobody down: a pattern %s', async (_what, path, input, code) => {
    expect(await read(path, input)).toEqual({ code, text: code === undefined ? '[]' : 'null' });
  });

  test('nor do any two wildcards together', { timeout: 120_000 }, async () => {
    for (const first of wild) {
      for (const second of wild) {
        const name = `${first}/${second}/secret.txt`;
        const { code, text } = await read('data/{{ run.input }}', name);
        expect(text, `${name} (${code})`).not.toContain('OUTSIDE');
      }
    }
  });
});

describe('a symbolic link in the folder that data leads into', () => {
  const link = (name: string, target: string) => symlinkSync(target, `${folder.path}/flow/linked/${name}`);
  const write = async (name: string) => {
    const text = `<workflow name="w"><sink:file id="f" path="linked/{{ run.input }}" input="'new'" format="text"/></workflow>`;
    const { error } = await engine.run(parseWorkflow(text, { file: `${folder.path}/flow/flow.xml` }), { input: name });
    return error?.code ?? 'written';
  };

  beforeAll(() => {
    link('archive', '../../archive');
    link('latest.txt', '../../archive/2024.txt');
    link('up', '.');
    link('round', 'round');
  });

  test('is followed, wherever it points: whoever made it could write there', async () => {
    for (const name of ['latest.txt', 'archive/2024.txt'])
      expect(await read('linked/{{ run.input }}', name)).toEqual({ code: undefined, text: '"archived"' });
    const { text } = await read('linked/{{ run.input }}', '*/*.txt');
    expect(text).toContain('{"path":"linked/archive/2024.txt","content":"archived"}');
  });

  test('that leads round in a circle ends, in a glob and in a path', async () => {
    const { code, text } = await read('linked/**/a.txt', null);
    expect([code, text]).toEqual([undefined, expect.stringContaining('{"path":"linked/a.txt","content":"inside"}')]);
    expect((await read('linked/{{ run.input }}', 'round/x')).code).toBe('FILE_UNREADABLE');
    expect(await write('round/x')).toBe('FILE_UNWRITABLE');
  });

  test('stays when a file is written under its name, and what it points to is written', async () => {
    expect(await write('latest.txt')).toBe('written');
    expect(lstatSync(`${folder.path}/flow/linked/latest.txt`).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${folder.path}/archive/2024.txt`, 'utf8')).toBe('new');
    expect(await write('archive/new.txt')).toBe('written');
    expect(readFileSync(`${folder.path}/archive/new.txt`, 'utf8')).toBe('new');
  });
});
