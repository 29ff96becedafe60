import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCache } from '#src/cache/open-cache.js';
import { cacheRules } from '#src/cache/rules.js';
import { createInlineDispatcher } from '#src/dispatch/inline.js';
import type { KnownOutcomes } from '#src/execution/known-outcomes.js';
import { runFlow } from '#src/execution/run.js';
import { createEngine, loadWorkflow, stubWorkflow } from '#src/index.js';
import { CodeBook } from '#src/keys/code-book.js';
import { registry } from '#src/runtimes/registry.js';
import { createCacheProject, expectRun, told } from './project.js';

const flow = (body: string, head = '') => `<workflow name="test">${head}${body}</workflow>`;
const module = (more = '') => `<transform:module id="m" src="./m.js" cache="true" ${more}/>`;

describe('a result that would be wrong is not taken', () => {
  it('for the same fields in another order', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(module('input="run.input"')),
      'm.js': 'export default (input) => Object.keys(input).join();',
    });
    expect((await project.run({ input: { a: 1, b: 2 } })).output).toBe('a,b');
    expect((await project.run({ input: { b: 2, a: 1 } })).output).toBe('b,a');
  });

  it('for the same fields of a value read whole in another order', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(
        '<transform:select id="v" input="run.input">input</transform:select>' +
          '<transform:template id="t" cache="true">{{ v.output }}</transform:template>',
      ),
    });
    expect((await project.run({ input: { a: 1, b: 2 } })).output).toBe('{"a":1,"b":2}');
    expect((await project.run({ input: { b: 2, a: 1 } })).output).toBe('{"b":2,"a":1}');
  });

  it('for a field whose name has a dot', async () => {
    const config = '<config><param name="p" type="json"/></config>';
    const project = await createCacheProject({
      'flow.xml': flow(
        '<transform:template id="t" cache="true">{{ config.p.a.b }} {{ config.p["a.b"] }}</transform:template>',
        config,
      ),
    });
    expect((await project.run({ config: { p: { a: { b: 1 }, 'a.b': 2 } } })).output).toBe('1 2');
    expect((await project.run({ config: { p: { a: { b: 2 }, 'a.b': 1 } } })).output).toBe('2 1');
  });

  it.each([
    ['gone through', 'export default (input, context) => Object.entries(context).find(([name]) => name === "con" + "fig")[1].n;'],
    ['copied', 'export default (input, context) => ({ ...context })["con" + "fig"].n;'],
  ])('for a context that is %s', async (_, code) => {
    const config = '<config><param name="n" type="number"/></config>';
    const project = await createCacheProject({ 'flow.xml': flow(module('input="1"'), config), 'm.js': code });
    expect((await project.run({ config: { n: 1 } })).output).toBe(1);
    expect((await project.run({ config: { n: 2 } })).output).toBe(2);
  });

  it('for another place in a foreach that a package or a copy of the context may ask for', async () => {
    const body = '<foreach id="all" items="run.input"><transform:module id="m" src="./m.js" input="1" cache="true"/></foreach>';
    const project = await createCacheProject({
      'flow.xml': flow(body),
      'm.js': 'export default (input, context) => { const copy = { ...context }; return copy["in" + "dex"]; };',
    });
    expect((await project.run({ input: ['a'] })).output).toEqual([0]);
    expect((await project.run({ input: ['b', 'c'] })).output).toEqual([0, 1]);
    await project.write({
      'm.js': "import place from 'place'; export default (input, context) => place(context);",
      'node_modules/place/package.json': '{"name":"place","version":"1.0.0","main":"index.js"}',
      'node_modules/place/index.js': 'module.exports = (context) => context.index;',
    });
    expect((await project.run({ input: ['a'] })).output).toEqual([0]);
    expect((await project.run({ input: ['b', 'c'] })).output).toEqual([0, 1]);
  });

  it('from a stub', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(`${module('input="1"')}<transform:template id="t" cache="true">{{ m.output }}!</transform:template>`),
      'm.js': 'export default () => "real";',
    });
    const engine = createEngine({ maxConcurrency: 1 });
    try {
      const original = await loadWorkflow(join(project.folder, 'flow.xml'));
      for (const output of ['one', 'two']) {
        const result = await engine.run(stubWorkflow(original, { m: { output } }), { cache: true });
        expect(result.output).toBe(`${output}!`);
        expect(result.cache?.find(({ nodeId }) => nodeId === 'm')?.leftOut).toContain('stands for another node');
      }
    } finally {
      await engine.close();
    }
  });

  it('from a node that reads a secret, unless it is marked itself', async () => {
    const secrets = '<secrets><secret name="TOKEN"/></secrets>';
    const template = (mark: string) =>
      flow(
        `<transform:template id="t" ${mark}>{{ size(secrets.TOKEN) }}</transform:template>
        <transform:select id="s" cache="true" input="t.output">input</transform:select>`,
        secrets,
      );
    const project = await createCacheProject({ 'flow.xml': template('') });
    const run = (TOKEN: string) => project.run({ cache: true, secrets: { TOKEN } });
    expect((await run('hunter2-hunter2')).output).toBe('15');
    const other = await run('another-secret');
    expect(other.output).toBe('14');
    expect(other.cache.find(({ nodeId }) => nodeId === 't')?.leftOut).toContain('it reads a secret');
    await project.write({ 'flow.xml': template('cache="true"') });
    await run('hunter2-hunter2');
    expect(told(await run('hunter2-hunter2'), 't')).toEqual([1]);
  });
});

describe('a result that may be wrong is not kept', () => {
  it('when its file was written after it had been looked at', async () => {
    const project = await createCacheProject({
      'flow.xml': flow('<source:file id="f" path="data.json" cache="true"/>'),
      'data.json': '[1]',
    });
    const workflow = await loadWorkflow(join(project.folder, 'flow.xml'));
    const around = { code: new CodeBook(), plugins: [], isReplaced: () => false };
    const cache = openCache(workflow, {}, { rules: cacheRules(workflow, 'marked'), ...around });
    const known: KnownOutcomes = {
      source: 'cache',
      async recall(...asked) {
        const found = await cache.outcomes.recall(...asked);
        await project.write({ 'data.json': '[22]' });
        return found;
      },
      remember: (...told) => cache.outcomes.remember(...told),
    };
    const dispatcher = createInlineDispatcher({ maxConcurrency: 1 });
    const surroundings = { dispatcher, registry, maxConcurrency: 1, known: [known], isAlone: cache.isAlone };
    expect((await runFlow(workflow, surroundings, {})).output).toEqual([22]);
    await project.write({ 'data.json': '[1]' });
    expect((await project.run()).output).toEqual([1]);
  });

  it('when its code was written before the node was first asked for', async () => {
    const project = await createCacheProject({
      'flow.xml': flow(`<transform:module id="first" src="./first.js" input="1"/>${module('input="first.output"')}`),
      'first.js': `import { writeFileSync } from 'node:fs';
export default () => { writeFileSync(new URL('./m.js', import.meta.url), 'export default () => "new";'); return 1; };`,
      'm.js': 'export default () => "old";',
    });
    const edited = await project.run();
    expect(edited.output).toBe('new');
    expect(edited.cache.find(({ nodeId }) => nodeId === 'm')?.misses[0]?.text).toContain('its code was changed');
    expectRun(await project.run({ input: 2 }), { output: 'new', calls: [] });
  });
});

it('a built-in node is found again when config that it does not read has changed', async () => {
  const config = '<config><param name="a" type="number"/><param name="b" type="number"/></config>';
  const project = await createCacheProject({
    'flow.xml': flow('<transform:template id="t" cache="true">{{ config.a }}</transform:template>', config),
  });
  await project.run({ config: { a: 1, b: 1 } });
  expect(told(await project.run({ config: { a: 1, b: 2 } }), 't')).toEqual([1]);
});

it('results of a task are found again when its first iteration had no key', async () => {
  const project = await createCacheProject({
    'flow.xml': flow(
      '<foreach id="all" items="run.input" batch="2" onError="continue"><source:file id="f" path="{{ item }}" cache="true"/></foreach>',
    ),
    'a.json': '[1]',
  });
  await project.run({ input: ['none.json', 'a.json'] });
  expect(told(await project.run({ input: ['none.json', 'a.json'] }), 'f')).toEqual([1, expect.stringContaining('not cacheable')]);
});

it('two flows of one name in one state folder are told apart', async () => {
  const text = (n: number) => flow(`<transform:select id="s" cache="true" input="${n}">input + ${n}</transform:select>`);
  const project = await createCacheProject({ 'a/flow.xml': text(1), 'b/flow.xml': text(2) });
  const stateDirectory = join(project.folder, 'state');
  await project.run({ file: 'a/flow.xml', stateDirectory });
  expect(told(await project.run({ file: 'b/flow.xml', stateDirectory }), 's')).toEqual([0, '1 never run before']);
});
