import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

const flow = (body: string) => `<workflow name="ignored">${body}</workflow>`;
const bad = (id: string, children = '') => `<transform:select id="${id}">{'n': 10 / item}${children}</transform:select>`;
const items = (attributes: string, children = '') =>
  `<foreach id="all" items="[0, 1, 2, 0]" ${attributes}>${bad('half', children)}</foreach>`;

let project: Project;
beforeAll(async () => {
  project = await createProject({
    'continue.xml': flow(items('onError="continue"')),
    'tolerated.xml': flow(items('onError="continue" toleratedFailures="50%"')),
    'any.xml': flow(
      '<parallel id="p" join="any" losers="wait"><branch><fail code="NO" message="no"/></branch><branch><source:value id="v" value="1"/></branch></parallel>',
    ),
    'rescued.xml': flow(items('', '<fallback><source:value id="instead" value="null"/></fallback>')),
    'mended.xml': flow(
      '<foreach id="all" items="[0, 1]"><transform:select id="half">10 / item</transform:select><fallback><source:value id="none" value="[]"/></fallback></foreach>',
    ),
    'long.js': "export default () => { throw new Error('x'.repeat(5e6)); };",
    'long.xml': flow('<transform:module id="long" src="./long.js"/>'),
    'fine.xml': flow('<source:value id="v" value="1"/>'),
  });
});
afterAll(() => project.remove());
const run = (...args: readonly string[]) => runCommand(['run', ...args], { cwd: project.folder });

describe('failures that a flow ignores', () => {
  it.each([
    ['continue.xml', '2 failures were ignored'],
    ['tolerated.xml', '2 failures were ignored'],
    ['any.xml', '1 failure was ignored'],
  ])('do not look green: %s says so, with --quiet too, and fails if asked to', async (file, words) => {
    const { code, stderr } = await run(file, '--quiet');
    expect(code).toBe(0);
    expect(stderr).toContain(words);
    expect((await run(file)).stderr).toContain(words);
    const strict = await run(file, '--quiet', '--fail-on-ignored');
    expect(strict.code).toBe(3);
    expect(strict.stdout).not.toBe('');
  });

  it('are told to machines as a line of JSON', async () => {
    const { stderr } = await run('continue.xml', '--json');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual({ type: 'note', message: expect.stringContaining('2 failures were ignored') });
  });

  it.each(['fine.xml', 'rescued.xml', 'mended.xml'])('are none where nothing failed for good: %s', async (file) => {
    expect(await run(file, '--quiet', '--fail-on-ignored')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('what a fallback made up for', () => {
  it('is counted and told once, with its first error, also by the record', async () => {
    const { code, stderr } = await run('rescued.xml', '--fail-on-ignored');
    expect(code).toBe(0);
    const [end, first] = stderr.trim().split('\n').slice(-2);
    expect(end).toMatch(/^completed in .*: 1\/1 nodes, 2 fallbacks$/);
    expect(first).toMatch(/^2 failures were made up for by fallbacks, the first: all\[[03]\]\/half \[FLOW_EXPRESSION_FAILED\] /);
    const at = { cwd: project.folder };
    expect((await runCommand(['runs', 'rescued.xml'], at)).stdout).toMatch(/1\/1 nodes, 2 fallbacks/);
    const shown = (await runCommand(['runs', 'last', '--flow', 'rescued.xml'], at)).stdout;
    expect(shown).toMatch(/^made up for by 2 fallbacks, the first: all\[[03]\]\/half \[FLOW_EXPRESSION_FAILED\] /m);
  });
});

it('an error message of millions of characters is cut on the terminal and in the record', async () => {
  const { code, stderr } = await run('long.xml');
  expect(code).toBe(1);
  expect(stderr).toContain('… (5000000 characters in all)');
  expect(stderr.length).toBeLessThan(40_000);
  const shown = (await runCommand(['runs', 'last', '--flow', 'long.xml'], { cwd: project.folder })).stdout;
  expect(shown).toContain('… (5000000 characters in all)');
  expect(shown.length).toBeLessThan(40_000);
});
