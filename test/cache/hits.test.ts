import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listEntries, pruneCache } from '#src/cache/inventory.js';
import { createCacheProject, expectRun, noting, told } from './project.js';

const module = (rest: string) => `<transform:module id="m" src="./m.js" cache="true" ${rest}`;
const flow = (body: string, head = '') => `<workflow name="t">${head}${body}</workflow>`;
const config = '<config><param name="by" type="number" default="2"/><param name="other" type="number" default="0"/></config>';
const files = {
  'flow.xml': flow(module('by="{{ config.by }}" input="run.input"/>'), config),
  'm.js': noting('times(input, options.by)', "import { times } from './lib/times.js';"),
  'lib/times.js': 'export const times = (x, by) => x * by;\n',
};

describe('a cached node', () => {
  it('is not run again in a second run, in whatever mode', async () => {
    const project = await createCacheProject(files);
    const first = await project.run({ input: 21 });
    expectRun(first, { output: 42, calls: ['21'] });
    expect(told(first, 'm')).toEqual([0, '1 never run before']);
    for (const mode of ['threads', 'async', 'auto'] as const) {
      const again = await project.run({ input: 21, engine: { mode } });
      expectRun(again, { output: 42, calls: [] });
      expect(told(again, 'm')).toEqual([1]);
      expect(again.state.nodeResults.get('m')).toMatchObject({ status: 'completed', output: 42 });
    }
  });

  it.each([
    ['a comment in the module', { 'm.js': `// Doubles.\n${files['m.js']}` }],
    ['white space in what it imports', { 'lib/times.js': 'export const times = (x, by) =>\n  x * by;' }],
    [
      'comments, white space and the order of attributes in the flow',
      {
        'flow.xml': flow(
          '<!-- c -->\n<transform:module cache="true" by="{{config.by}}" src="m.js"\n input="run . input" id="m"/>',
          config,
        ),
      },
    ],
    ['another id', { 'flow.xml': files['flow.xml'].replace('id="m"', 'id="renamed"') }],
    [
      'a retry, a timeout and a cost',
      {
        'flow.xml': flow(
          module('by="{{ config.by }}" input="run.input" timeout="9s" cost="5"><retry limit="2"/></transform:module>'),
          config,
        ),
      },
    ],
    [
      'nodes around it',
      { 'flow.xml': flow(`<source:value id="a" value="1"/>${module('by="{{ config.by }}" input="run.input"/>')}`, config) },
    ],
  ])('is not run again after a change of %s', async (_, change) => {
    const project = await createCacheProject(files);
    await project.run({ input: 21 });
    await project.write(change);
    expectRun(await project.run({ input: 21 }), { output: 42, calls: [] });
  });

  it.each([
    ['the module', { 'm.js': files['m.js'].replace('return times', 'return 1 + times') }, 43, 'code of m.js'],
    ['what the module imports', { 'lib/times.js': 'export const times = (x, by) => x * by + 2;' }, 44, 'code of lib/times.js'],
    [
      'a setting',
      { 'flow.xml': files['flow.xml'].replace('"{{ config.by }}"', '"{{ config.by + 1 }}"') },
      63,
      'setting `options`',
    ],
    [
      'a config value that a setting reads',
      { 'flow.xml': files['flow.xml'].replace('default="2"', 'default="3"') },
      63,
      'config.by',
    ],
    [
      'the expression of its input',
      { 'flow.xml': files['flow.xml'].replace('"run.input"', '"run.input + 1"') },
      44,
      'the expression `input`',
    ],
  ])('runs again after a change of %s, and says so', async (_, change, output, part) => {
    const project = await createCacheProject(files);
    await project.run({ input: 21 });
    await project.write(change);
    const again = await project.run({ input: 21 });
    expectRun(again, { output, calls: [JSON.stringify(21 + (part.includes('input') ? 1 : 0))] });
    expect(told(again, 'm')).toEqual([0, `1 changed: ${part}`]);
  });

  it('runs again for another input, and not for the one before', async () => {
    const project = await createCacheProject(files);
    await project.run({ input: 21 });
    const other = await project.run({ input: 22 });
    expectRun(other, { output: 44, calls: ['22'] });
    expect(told(other, 'm')).toEqual([0, '1 changed: run.input']);
    expectRun(await project.run({ input: 21 }), { output: 42, calls: [] });
  });

  it('is found by another flow, and after the project has moved', async () => {
    const project = await createCacheProject(files);
    await project.run({ input: 21 });
    await project.write({
      'other.xml': flow('<transform:module id="x" src="m.js" by="{{ config.by }}" input="run.input"/>', config),
    });
    expectRun(await project.run({ file: 'other.xml', input: 21, cache: true }), { output: 42, calls: [] });
    await rename(project.folder, `${project.folder}-moved`);
    project.folder += '-moved';
    expectRun(await project.run({ input: 21 }), { output: 42, calls: [] });
    await rename(project.folder, project.folder.replace('-moved', ''));
  });

  it('is run, and not kept, with cache: false', async () => {
    const project = await createCacheProject(files);
    expectRun(await project.run({ input: 21, cache: false }), { output: 42, calls: ['21'] });
    expectRun(await project.run({ input: 21 }), { output: 42, calls: ['21'] });
    expectRun(await project.run({ input: 21, cache: false }), { output: 42, calls: ['21'] });
  });
});

describe('which nodes are cached', () => {
  const chain = flow(
    '<transform:module id="a" src="./m.js" by="2" input="run.input"/><set name="x" value="1"/>' +
      '<transform:module id="b" src="./m.js" by="3" input="a.output"/><sink:file id="save" input="b.output" path="out.json"/><sink:log id="say" message="x"/>',
  );

  it('is every one that can be, with cache: true', async () => {
    const project = await createCacheProject({ ...files, 'flow.xml': chain });
    expectRun(await project.run({ input: 2, cache: true }), { calls: ['2', '4'] });
    const again = await project.run({ input: 2, cache: true });
    expectRun(again, { calls: [] });
    expect(again.cache.map(({ nodeId, hits, leftOut }) => [nodeId, leftOut ?? hits])).toEqual([
      ['a', 1],
      [expect.stringMatching(/^\$set/), 'it writes a variable'],
      ['b', 1],
      ['save', 'what a sink does must be done each time'],
      ['say', 'what a sink does must be done each time'],
    ]);
  });

  it('is decided by the nearest mark: on the node, or on a block around it', async () => {
    const inside = (mark: string) =>
      flow(
        `<parallel id="p" cache="true"><branch><transform:module id="a" src="./m.js" by="2" input="run.input"/></branch>` +
          `<branch><transform:module id="b" src="./m.js" by="3" input="run.input" ${mark}/></branch></parallel>`,
      );
    const project = await createCacheProject({ ...files, 'flow.xml': inside('cache="false"') });
    await project.run({ input: 2 });
    expectRun(await project.run({ input: 2 }), { output: [4, 6], calls: ['2'] });
    await project.write({ 'flow.xml': inside('') });
    await project.run({ input: 2 });
    expectRun(await project.run({ input: 2 }), { output: [4, 6], calls: [] });
  });

  it.each([
    '<sink:log id="s" message="x" cache="true"/>',
    '<set name="x" value="1" cache="true"/>',
    '<fail message="x" cache="true"/>',
  ])('must not be %s', async (node) => {
    const project = await createCacheProject({ 'flow.xml': flow(node) });
    await expect(project.run()).rejects.toMatchObject({
      faults: [{ code: 'FLOW_SETTING_INVALID', message: expect.stringContaining('cache="true" on <'), hint: expect.any(String) }],
    });
  });

  it('of nodes that fail is none kept', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(module('input="run.input"/>')),
      'm.js': noting("(() => { throw new Error('no'); })()"),
    });
    for (const why of ['never run before', 'nothing is kept of its last run']) {
      const failed = await project.run({ input: 1 });
      expect(failed).toMatchObject({ status: 'failed', calls: ['1'] });
      expect(told(failed, 'm')).toEqual([0, `1 ${why}`]);
    }
  });

  it('with a retry is looked for once, and kept when it succeeds', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(module('input="run.input"><retry limit="3" delay="1ms"/></transform:module>')),
      'm.js': `import { appendFileSync } from 'node:fs';
        export default (input, { attempt }) => {
          appendFileSync(new URL('./calls.txt', import.meta.url), attempt + '\\n');
          if (attempt < 3) throw new Error('not yet');
          return input;
        };`,
    });
    const first = await project.run({ input: 'x' });
    expectRun(first, { output: 'x', calls: ['1', '2', '3'] });
    expect(told(first, 'm')).toEqual([0, '1 never run before']);
    expectRun(await project.run({ input: 'x' }), { output: 'x', calls: [] });
  });
});

describe('the items of a foreach', () => {
  const each = flow(`<foreach id="all" items="run.input" item="doc">${module('input="doc"/>')}</foreach>`);
  const square = { 'flow.xml': each, 'm.js': noting('input * input') };

  it('are known one by one', async () => {
    const project = await createCacheProject(square);
    await project.run({ input: [1, 2, 3, 4] });
    const again = await project.run({ input: [1, 2, 5, 4] });
    expectRun(again, { output: [1, 4, 25, 16], calls: ['5'] });
    expect(told(again, 'm')).toEqual([3, '1 changed: doc']);
    expect(again.cache[0]?.misses[0]?.paths).toEqual(['all[2]/m']);
  });

  it('may change places, unless the code asks for the position', async () => {
    const project = await createCacheProject(square);
    await project.run({ input: [1, 2, 3] });
    expectRun(await project.run({ input: [0, 3, 2, 1] }), { output: [0, 9, 4, 1], calls: ['0'] });
    await project.write({ 'm.js': noting('[input, index]').replace('{ options }', '{ index }') });
    await project.run({ input: [1, 2] });
    const swapped = await project.run({ input: [2, 1] });
    expectRun(swapped, {
      output: [
        [2, 0],
        [1, 1],
      ],
      calls: ['1', '2'],
    });
    expect(told(swapped, 'm')).toEqual([0, '2 changed: doc']);
  });

  it('do not depend on fields of an item that are not read', async () => {
    const flowOfFields = flow(`<foreach id="all" items="run.input">${module('input="item.x"/>')}</foreach>`);
    const project = await createCacheProject({ ...square, 'flow.xml': flowOfFields });
    await project.run({
      input: [
        { x: 1, at: 1 },
        { x: 2, at: 1 },
      ],
    });
    expectRun(
      await project.run({
        input: [
          { x: 1, at: 2 },
          { at: 2, x: 3 },
        ],
      }),
      { output: [1, 9], calls: ['3'] },
    );
  });

  it('are cached node by node in a body of several, what is not cached being run', async () => {
    const body = `${module('input="item"/>')}<transform:module id="n" src="./n.js" cache="true"/><sink:log id="say" message="x"/>`;
    const project = await createCacheProject({
      ...square,
      'n.js': noting('input + 1'),
      'flow.xml': flow(`<foreach id="all" items="run.input">${body}</foreach><output value="all.output"/>`),
    });
    expectRun(await project.run({ input: [2, 3] }), { output: [5, 10], calls: ['2', '3', '4', '9'] });
    await project.write({ 'n.js': noting('input + 2') });
    expectRun(await project.run({ input: [2, 3] }), { output: [6, 11], calls: ['4', '9'] });
  });

  it('are found again when there are thousands', async () => {
    const project = await createCacheProject(square);
    const input = Array.from({ length: 1_500 }, (_, index) => index);
    await project.run({ input });
    const again = await project.run({ input: [...input.slice(0, -1), 9_999] });
    expect(again.calls).toEqual(['9999']);
    expect(again.output).toEqual([...input.slice(0, -1), 9_999].map((n) => n * n));
  });
});

describe('clearing up', () => {
  it('keeps what was used last, though it was written first', async () => {
    const project = await createCacheProject(files);
    const cache = join(project.folder, '.flowscript/cache');
    for (const input of [1, 2, 1]) await project.run({ input });
    const [first, second, ...rest] = await listEntries(cache);
    expect(rest).toEqual([]);
    expect(first?.writtenAt).toBeLessThan(second?.writtenAt ?? 0);
    await pruneCache(cache, { maxBytes: first?.fileBytes });
    expectRun(await project.run({ input: 1 }), { output: 2, calls: [] });
    expectRun(await project.run({ input: 2 }), { output: 4, calls: ['2'] });
    await pruneCache(cache, { before: Date.now() + 60_000 });
    expect(await listEntries(cache)).toEqual([]);
  });
});
