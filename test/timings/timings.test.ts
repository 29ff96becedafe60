import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, parseWorkflow, type RunOptions, type Workflow } from '#src/index.js';
import { costOf } from '#src/scheduler/index.js';
import { LastTimes } from '#src/timings/last-times.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'flowscript-timings-'));
  writeFileSync(
    join(home, 'spin.mjs'),
    `export default (input, { options }) => {
       const until = performance.now() + Number(options.ms);
       while (performance.now() < until);
       return options.ms;
     };`,
  );
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const spin = (id: string, ms: number, more = '') =>
  `<transform:module id="${id}" src="./spin.mjs" ms="${ms}" input="0" ${more}/>`;

function flowOf(nodes: string, file = 'flow.xml'): Workflow {
  return parseWorkflow(`<workflow name="timed">${nodes}</workflow>`, { file: join(home, file) });
}

/** Runs it on one thread, one task at a time. Gives the ids of its nodes in the order in which they finished. */
async function run(workflow: Workflow, options: RunOptions = { timings: true }): Promise<readonly string[]> {
  const engine = createEngine({ mode: 'async', maxConcurrency: 1 });
  const order: string[] = [];
  const { status } = await engine.run(workflow, {
    ...options,
    onEvent: (event) => {
      if (event.type === 'node.finished') order.push(event.nodeId);
    },
  });
  await engine.close();
  expect(status).toBe('completed');
  return order;
}

function costs(workflow: Workflow, stateDirectory?: string): Record<string, string> {
  const { plan } = new LastTimes(workflow, { stateDirectory }).planned;
  return Object.fromEntries(plan.vertices.map(({ id }, index) => [id, costOf(plan, index).from]));
}

const folder = () => join(home, '.flowscript/timings');
const onlyFile = () => join(folder(), readdirSync(folder())[0] ?? '');

describe('a run that keeps its times', () => {
  // What runs first pays for loading the module, so the short one has none.
  const short = (more = '') => `<source:value id="short" value="1" ${more}/>`;
  const nodes = short() + spin('long', 200);

  it('lets the next one start the longest path first', async () => {
    expect(await run(flowOf(nodes))).toEqual(['short', 'long']);
    expect(await run(flowOf(nodes))).toEqual(['long', 'short']);
    expect(await run(flowOf(nodes), {})).toEqual(['short', 'long']);
  });

  it('yields to the cost its author gives', async () => {
    const hinted = short('cost="10s"') + spin('long', 40);
    await run(flowOf(hinted));
    expect(await run(flowOf(hinted))).toEqual(['short', 'long']);
    expect(costs(flowOf(hinted))).toEqual({ short: 'hint', long: 'measured' });
  });

  it('leaves whole files and nothing else', async () => {
    await run(flowOf(nodes));
    await run(flowOf(nodes, 'other.xml'));
    expect(readdirSync(folder())).toHaveLength(2);
    expect(JSON.parse(readFileSync(onlyFile(), 'utf8'))).toMatchObject({ version: 1, nodes: { short: {}, long: {} } });
    expect(readFileSync(join(home, '.flowscript/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leaves nothing when it is not asked to', async () => {
    await run(flowOf(nodes), {});
    expect(existsSync(join(home, '.flowscript'))).toBe(false);
  });

  it('keeps them where it is told to, apart for flows of one name', async () => {
    const stateDirectory = join(home, 'state');
    mkdirSync(join(home, 'sub'));
    await run(flowOf(spin('a', 0)), { timings: true, stateDirectory });
    await run(flowOf('<source:value id="b" value="1"/>', 'sub/flow.xml'), { timings: true, stateDirectory });
    expect(costs(flowOf(spin('a', 0)), stateDirectory)).toEqual({ a: 'measured' });
    expect(costs(flowOf('<source:value id="b" value="1"/>', 'sub/flow.xml'), stateDirectory)).toEqual({ b: 'measured' });
  });
});

describe('times of an edited flow', () => {
  const original = `${spin('a', 1)}<foreach id="b" items="[1, 2]"><transform:select id="c">item + 1</transform:select></foreach>`;
  beforeEach(() => run(flowOf(original)));

  it.each([
    ['moved and given more neighbours', `\n\n  ${spin('new', 0)} ${original}`, { new: 'default', a: 'measured', b: 'measured' }],
    ['with another setting', original.replace('ms="1"', 'ms="2"'), { a: 'default', b: 'measured' }],
    ['with another body', original.replace('item + 1', 'item + 2'), { a: 'measured', b: 'default' }],
    ['under another id', original.replace('id="a"', 'id="z"'), { z: 'default', b: 'measured' }],
    ['with another order', original.replace('input="0"', 'input="0" after="b"'), { a: 'measured', b: 'measured' }],
  ])('that was %s', (_what, nodes, expected) => {
    expect(costs(flowOf(nodes))).toEqual(expected);
  });

  it('are kept where a later run finds results in the cache, in a block too', async () => {
    const cached = `${spin('a', 30, 'cache="true"')}<foreach id="b" items="[1, 2]" cache="true">${spin('c', 15)}</foreach>`;
    const read = () => JSON.parse(readFileSync(onlyFile(), 'utf8')).nodes;
    await run(flowOf(cached));
    const measured = read();
    expect([measured.a.ms >= 30, measured.b.ms >= 30]).toEqual([true, true]);
    await run(flowOf(`${cached}${spin('d', 0)}`));
    expect(read()).toEqual({ ...measured, d: expect.anything() });
  });

  it('are kept for what a later run did not finish', async () => {
    const skipping = original.replace('<foreach id="b"', '<foreach id="b" when="false"');
    await run(flowOf(skipping));
    await run(flowOf(original.replace('ms="1"', 'ms="2"')));
    expect(costs(flowOf(original))).toEqual({ a: 'default', b: 'measured' });
  });
});

it.each([
  ['no JSON', '{"version": 1, "nodes'],
  ['of another version', '{"version": 99, "nodes": {"a": {"key": "x", "ms": 1}}}'],
  ['of another shape', '[1, 2]'],
  ['full of what is no time', '{"version": 1, "nodes": {"a": {"key": 1, "ms": -3}, "__proto__": null}}'],
])('a file that is %s counts as none, and is replaced', async (_what, content) => {
  const workflow = flowOf(spin('a', 0));
  await run(workflow);
  writeFileSync(onlyFile(), content);
  expect(costs(workflow)).toEqual({ a: 'default' });
  await run(workflow);
  expect(costs(workflow)).toEqual({ a: 'measured' });
});

it.each([
  ['lies below a file', () => writeFileSync(join(home, 'state'), '')],
  [
    'holds a file where its folder should be',
    () => [mkdirSync(join(home, 'state')), writeFileSync(join(home, 'state/timings'), '')],
  ],
  ['may not be written to', () => [mkdirSync(join(home, 'state')), chmodSync(join(home, 'state'), 0o500)]],
])('a state folder that %s changes nothing', async (_what, spoil) => {
  spoil();
  const warnings: unknown[] = [];
  const listen = (warning: unknown) => warnings.push(warning);
  process.on('warning', listen);
  await run(flowOf(spin('a', 0)), { timings: true, stateDirectory: join(home, 'state') });
  await new Promise(setImmediate);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
