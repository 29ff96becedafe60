import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

const TOKEN = 'tok/en+42 "x"';
const tells = fileURLToPath(new URL('../execution/modules/tells.mjs', import.meta.url));
const module = (name: string) => `<transform:module id="${name}-1" src="${tells}" export="${name}"/>`;
const flow = (body: string) => `<workflow name="w"><secrets><secret name="TOKEN"/></secrets>${body}</workflow>`;

let project: Project;
beforeAll(async () => {
  project = await createProject({
    'error.xml': flow(module('error')),
    'value.xml': flow(module('value')),
    'several.xml': flow(module('several')),
    'aloud.xml': flow(module('aloud')),
    'written.xml': flow(`<transform:select id="a" input="1">input == 2 ? 0 : json.parse('tok/en+42 "x"')</transform:select>`),
    'later.xml': flow(
      `${module('later')}<transform:module id="pause" input="nodes['later-1'].output" src="${tells}" export="pause"/>`,
    ),
    'spread.xml': flow(
      `<source:value id="rows" value="lists.range(40)"/>
      <transform:select id="given" input="run.input">size(input)</transform:select>
      <set name="kept" value="run.input" scope="workflow"/>
      <foreach id="each" items="rows.output" item="n"><transform:module id="tell" src="${tells}" export="some" input="n"/></foreach>`,
    ),
    'output.xml': flow('<source:value id="a" value="1"/><output value="{\'token\': secrets.TOKEN}"/>'),
  });
});
afterAll(() => project.remove());

const modes = ['threads', 'async', 'auto'];
const formats = [[], ['--json'], ['--quiet']];
/** Every format in one mode and every mode in one format: how an error comes here has no part in how it is told. */
const ways = modes.flatMap((mode, at) => (at === 0 ? formats : [formats[at] ?? []]).map((more) => ['--mode', mode, ...more]));

const run = (...args: string[]) => runCommand(['run', ...args], { cwd: project.folder, env: { TOKEN } });

describe('no secret is on stderr', () => {
  it.each(['error', 'value', 'several', 'written'])('of a run that fails with %s', async (name) => {
    for (const way of ways) {
      const { code, stdout, stderr } = await run(`${name}.xml`, ...way);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('***');
      expect(stderr).not.toMatch(/tok.{1,5}en|dG9rL2Vu|0b2svZW|G9rL2Vu/i);
    }
  });

  it('when a module prints and logs it; its output is data', async () => {
    for (const way of ways) {
      const { code, stdout, stderr } = await run('aloud.xml', ...way);
      expect([code, stdout]).toEqual([0, `${JSON.stringify({ token: TOKEN })}\n`]);
      expect(stderr).toContain('printed ***');
      expect(stderr).toContain('printed on stderr');
      expect(stderr).not.toMatch(/tok.{1,5}en/);
    }
  });

  it.each(modes)('when an error escapes from a callback, mode %s', async (mode) => {
    const { stderr } = await run('later.xml', '--mode', mode);
    expect(stderr).toContain('too late ***');
    expect(stderr).not.toMatch(/tok.{1,5}en/);
  });
});

it('is in no file that a run leaves behind, whatever the nodes made of it', async () => {
  const input = JSON.stringify({ given: TOKEN });
  for (const name of ['aloud', 'error', 'spread']) await run(`${name}.xml`, '--input', input, '--max-concurrency', '2');
  const folder = join(project.folder, '.flowscript');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.filter((file) => file.endsWith('.journal')).length).toBeGreaterThan(0);
  expect(files.some((file) => file.endsWith('events.ndjson'))).toBe(true);
  for (const file of files) expect(await readFile(file, 'latin1'), file).not.toMatch(/tok.{1,5}en|dG9rL2Vu|0b2svZW|G9rL2Vu/i);
});

it('is refused in <output>', async () => {
  const { code, stderr } = await run('output.xml');
  expect(code).toBe(2);
  expect(stderr).toContain('a secret must not reach <output>');
});
