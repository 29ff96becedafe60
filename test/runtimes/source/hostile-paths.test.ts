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
    'flow/data*/x.txt': 'odd',
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
