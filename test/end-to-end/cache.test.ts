import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

const flow = `<workflow name="squares">
  <source:value id="rows" value="[1, 2, 3]"/>
  <foreach id="all" items="rows.output" cache="true"><transform:module id="square" src="./square.js"/></foreach>
  <transform:module id="sum" src="./sum.js" input="all.output" cache="true"/>
  <sink:file id="save" input="sum.output" path="sum.json"/>
  <output value="sum.output"/>
</workflow>`;
const files = {
  'flow.xml': flow,
  'square.js': 'export default (x) => x * x;',
  'sum.js': 'export default (xs) => xs.reduce((a, b) => a + b, 0);',
};

const projects: Project[] = [];
afterEach(() => Promise.all(projects.splice(0).map((project) => project.remove())));

async function open(more: Readonly<Record<string, string>> = {}) {
  const project = await createProject({ ...files, ...more });
  projects.push(project);
  const command = (...args: readonly string[]) => runCommand(args, { cwd: project.folder });
  return { ...project, command };
}

const cacheLines = (text: string): string[] => text.slice(text.lastIndexOf('Cache\n')).trimEnd().split('\n');

describe('flowscript run and plan with a cache', () => {
  it('say node by node what was found and what not, and why', async () => {
    const { command, write } = await open();
    const first = await command('run', 'flow.xml', '--explain', '--quiet');
    expect(first).toMatchObject({ code: 0, stdout: '14\n' });
    expect(cacheLines(first.stderr)).toEqual([
      'Cache',
      '  square  miss 3 of 3: never run before (all[0]/square, all[1]/square, all[2]/square)',
      '  sum     miss: never run before',
    ]);
    const second = await command('run', 'flow.xml', '--explain');
    expect(second.stdout).toBe('14\n');
    expect(second.stderr).toContain('sum done (from the cache) in');
    expect(cacheLines(second.stderr)).toEqual(['Cache', '  square  hit 3 of 3', '  sum     hit']);

    await write({ 'flow.xml': flow.replace('3]', '4]'), 'sum.js': `${files['sum.js']}// The sum.` });
    const planned = await command('plan', 'flow.xml', '--explain');
    expect(cacheLines(planned.stdout)).toEqual([
      'Cache',
      '  square  hit 2 of 3',
      '  square  miss 1 of 3: changed: the input (all[2]/square)',
      '  sum     <TBD>: what it reads is known at run time',
    ]);
    await write({ 'flow.xml': flow, 'sum.js': files['sum.js'].replace(', 0', ', 1') });
    const { cache } = JSON.parse((await command('plan', 'flow.xml', '--explain', '--format', 'json')).stdout);
    expect(cache).toEqual([
      { nodeId: 'square', hits: 3, misses: [] },
      expect.objectContaining({ nodeId: 'sum', hits: 0, misses: [expect.objectContaining({ text: 'changed: code of sum.js' })] }),
    ]);
    const third = await command('run', 'flow.xml', '--json', '--explain');
    expect(third.stdout).toBe('15\n');
    const events = third.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual({ type: 'cache', nodes: cache });
  });

  it('a plan runs nothing, and leaves nothing behind', async () => {
    const { command, folder } = await open({
      'square.js': "import { writeFileSync } from 'node:fs'; writeFileSync('ran', ''); export default (x) => x;",
    });
    const planned = await command('plan', 'flow.xml', '--cache');
    expect(cacheLines(planned.stdout)).toEqual([
      'Cache',
      '  rows    miss: never run before',
      '  square  miss 3 of 3: never run before (all[0]/square, all[1]/square, all[2]/square)',
      '  sum     <TBD>: what it reads is known at run time',
      '  save    not cached: what a sink does must be done each time',
    ]);
    expect((await readdir(folder)).sort()).toEqual(['flow.xml', 'square.js', 'sum.js']);
  });

  it('follow --cache, --no-cache and --state-dir', async () => {
    const { command, folder } = await open();
    await command('run', 'flow.xml', '--no-cache', '--quiet');
    expect(existsSync(join(folder, '.flowscript/cache'))).toBe(false);
    await command('run', 'flow.xml', '--cache', '--state-dir', 'state', '--quiet');
    expect(await readdir(folder)).toContain('state');
    const again = await command('run', 'flow.xml', '--cache', '--state-dir', 'state', '--quiet', '--explain');
    expect(cacheLines(again.stderr)).toContain('  rows    hit');
    const none = await command('run', 'flow.xml', '--no-cache', '--state-dir', 'state', '--quiet', '--explain');
    expect(none.stderr).toContain('Cache: no node asks for it.');
  });

  it('survive a state folder that cannot be written, with one warning', async () => {
    const { command } = await open({ state: 'a file where the folder should be' });
    for (const [more, what] of [
      [[], 'the record of this run'],
      [['--no-record'], 'the cache'],
    ] as const) {
      const run = await command('run', 'flow.xml', '--state-dir', 'state', '--quiet', ...more);
      expect(run).toMatchObject({ code: 0, stdout: '14\n' });
      expect(run.stderr.match(/warning: /g)).toHaveLength(1);
      expect(run.stderr).toContain(`${what} cannot be written`);
    }
  });

  it('may be two processes at once', async () => {
    const items = Array.from({ length: 40 }, (_, index) => index);
    const { command, write } = await open();
    await write({ 'flow.xml': flow.replace('[1, 2, 3]', JSON.stringify(items)) });
    const sum = String(items.reduce((total, n) => total + n * n, 0));
    const both = await Promise.all([1, 2].map(() => command('run', 'flow.xml', '--quiet')));
    for (const run of both) expect(run).toMatchObject({ code: 0, stdout: `${sum}\n`, stderr: '' });
    const again = await command('run', 'flow.xml', '--quiet', '--explain');
    expect(cacheLines(again.stderr)).toEqual(['Cache', '  square  hit 40 of 40', '  sum     hit']);
    expect(await command('cache', 'verify')).toMatchObject({
      code: 0,
      stdout: '41 results in .flowscript/cache: none is damaged\n',
    });
  });
});

describe('flowscript cache', () => {
  it('lists, checks and clears', async () => {
    const { command, folder } = await open();
    expect(await command('cache', 'ls')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^There is no cache in \.flowscript\/cache: no run of a flow in \/.* flowscript cache ls FLOW/,
      ),
    });
    await command('run', 'flow.xml', '--quiet');
    const listed = await command('cache', 'ls', 'flow.xml');
    expect(listed.stdout).toMatch(/^node +flow +results +size +last used\n/);
    expect(listed.stdout).toMatch(/^square +squares +3 results +\d+ B +\d+s ago$/m);
    expect(listed.stdout).toMatch(/^4 results, \d+ B$/m);
    const [entry] = JSON.parse((await command('cache', 'ls', '--json')).stdout);
    expect(entry).toMatchObject({ flow: 'squares', sizeBytes: expect.any(Number), writtenAt: expect.any(Number) });

    await damageOne(folder);
    expect(await command('cache', 'verify')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('1 result damaged and removed:\n  s'),
    });
    expect(await command('cache', 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('none is damaged') });
    expect(await command('cache', 'prune', '--older-than', '1h')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('; 3 left.'),
    });
    expect(await command('cache', 'prune', '--max-size', '70B')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('; 1 left.'),
    });
    expect(await command('run', 'flow.xml', '--quiet')).toMatchObject({ code: 0, stdout: '14\n', stderr: '' });
    expect(await command('cache', 'prune', '--all')).toMatchObject({ code: 0, stdout: expect.stringContaining('; 0 left.') });

    await mkdir(join(folder, '.flowscript/cache/index-v5/aa/bb/cc'), { recursive: true });
    expect(await command('cache', 'ls')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error\[FILE_UNREADABLE\] the cache in .* cannot be read as a whole: EISDIR.*\n {2}help: /),
    });
  });

  it('refuses what it cannot do, with help', async () => {
    const { command } = await open();
    expect(await command('cache', 'prune')).toMatchObject({ code: 2, stderr: expect.stringContaining('--older-than 7d') });
    expect(await command('cache', 'prune', '--max-size', 'big')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('500MB'),
    });
    expect(await command('cache', 'ls', 'none.xml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file none.xml'),
    });
    expect(await command('cache', 'verify', '--state-dir', './none')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error\[CONFIG_INVALID\] --state-dir leads to \.\/none, .*\n {2}help: /),
    });
    expect(await command('cache', 'lss')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean ls?') });
  });
});

/** Changes one byte of one result. */
async function damageOne(folder: string): Promise<void> {
  const found = await readdir(join(folder, '.flowscript/cache/content-v2'), { recursive: true, withFileTypes: true });
  for (const entry of found.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (bytes.length < 2) continue;
    bytes[1] = (bytes[1] ?? 0) ^ 1;
    await writeFile(file, bytes);
    return;
  }
}
