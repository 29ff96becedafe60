import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '#src/index.js';
import { CodeBook } from '#src/keys/code-book.js';
import type { Definition } from '#src/keys/definition.js';
import { Definitions } from '#src/keys/definitions.js';
import type { WorkNode } from '#src/types/ast.js';
import { createFolder, writeFiles } from './project.js';

interface Around {
  readonly folder?: string;
  readonly plugins?: readonly string[];
  readonly code?: CodeBook;
}

/** Of the work nodes at the top level of a flow, as one task. */
function define(body: string, { folder = '/nowhere', plugins = [], code = new CodeBook() }: Around = {}): Promise<Definition> {
  const { ast } = parseWorkflow(`<workflow name="test">${body}</workflow>`, { file: join(folder, 'flow.xml') });
  const nodes = ast.nodes.filter((node): node is WorkNode => node.kind === 'work');
  return new Definitions({ code, flowDirectory: folder, plugins, isReplaced: () => false }).definitionOf(nodes);
}

async function keyOf(body: string, around?: Around): Promise<string> {
  const definition = await define(body, around);
  if (definition.kind === 'unknown') throw new Error(definition.why);
  return definition.key;
}

const select = (rest: string) => `<transform:select id="a" ${rest}`;
const base = select('input="run.input">input.x + 1</transform:select>');

describe('the key of what a node does', () => {
  it.each([
    ['another id', '<transform:select id="b" input="run.input">input.x + 1</transform:select>'],
    ['white space and comments', select('  input=" run . input "><!-- c -->\n  input.x+1 // one\n</transform:select>')],
    ['braces and brackets', select('input="{{ run.input }}">((input.x) + (1))</transform:select>')],
    ['an attribute instead of text', select('input="run.input" expression="input.x + 1"/>')],
    [
      'retries, a timeout and a cost',
      select('input="run.input" timeout="5s" cost="3"><expression>input.x + 1</expression><retry limit="2"/></transform:select>'),
    ],
    [
      'an order',
      `<source:value id="first" value="1"/>${select('input="run.input" after="first">input.x + 1</transform:select>')}`,
    ],
  ])('does not depend on %s', async (_, body) => {
    const nodes = parseWorkflow(`<workflow name="test">${body}</workflow>`).ast.nodes;
    const last = nodes.at(-1) as WorkNode;
    const definitions = new Definitions({ code: new CodeBook(), flowDirectory: '/', plugins: [], isReplaced: () => false });
    expect(await definitions.definitionOf([last])).toMatchObject({ key: await keyOf(base) });
  });

  it.each([
    ['the expression', select('input="run.input">input.x + 2</transform:select>')],
    ['what a text in it holds', select('input="run.input">input.x + "1"</transform:select>')],
    ['input', select('input="run.input.y">input.x + 1</transform:select>')],
    ['when', select('input="run.input" when="true">input.x + 1</transform:select>')],
    ['the type', '<transform:map id="a" input="run.input">input.x + 1</transform:map>'],
  ])('depends on %s', async (_, body) => expect(await keyOf(body)).not.toBe(await keyOf(base)));

  it('tells white space in a template from white space in its expressions', async () => {
    const template = (text: string) => keyOf(`<transform:template id="t">${text}</transform:template>`);
    expect(await template('a {{ input.x+1 }}')).toBe(await template('a {{input.x + 1}}'));
    expect(await template('a {{ input.x }}')).not.toBe(await template('a  {{ input.x }}'));
    expect(await template('a \\{{ x }}')).not.toBe(await template('a {{ input }}'));
  });

  it('names what it is made of', async () => {
    const sort = '<transform:sort id="s" input="run.input" key="item.n" order="desc"/>';
    const definition = await define(sort);
    expect(definition.kind === 'known' && definition.parts.map(({ name }) => name)).toEqual([
      "FlowScript's format version",
      'the type',
      'setting `key`',
      'setting `order`',
      'the expression `input`',
    ]);
  });

  it('of a task of several nodes depends on their order, and on ids that one of them names', async () => {
    const two = (first: string, second: string, named: string) =>
      keyOf(`<source:value id="${first}" value="1"/><transform:select id="${second}">${named}</transform:select>`);
    expect(await two('a', 'b', 'input')).toBe(await two('x', 'y', 'input'));
    expect(await two('a', 'b', 'a.output')).not.toBe(await two('x', 'y', 'x.output'));
    const reversed = '<transform:select id="b">input</transform:select><source:value id="a" value="1"/>';
    expect(await keyOf(reversed)).not.toBe(await two('a', 'b', 'input'));
  });
});

const call = '<transform:module id="m" src="./main.js" weight="2"/>';
const files = {
  'main.js':
    "import { twice } from './lib/twice.js';\nimport table from './table.json' with { type: 'json' };\nexport default (x) => twice(x) + table.n;\n",
  'lib/twice.js': 'export const twice = (x) => 2 * x;\n',
  'table.json': '{"n": 1, "m": [2]}',
};

describe('the code of a module', () => {
  const changed = async (more: Readonly<Record<string, string>>) => {
    const folder = await createFolder(files);
    const before = await keyOf(call, { folder });
    await writeFiles(folder, more);
    return (await keyOf(call, { folder })) !== before;
  };

  it.each([
    ['a comment', { 'main.js': `// Twice and one.\n${files['main.js']}` }],
    ['white space in an imported file', { 'lib/twice.js': '\nexport const twice = (x) =>\n  2 * x;' }],
    ['the layout of JSON', { 'table.json': '{\n  "n": 1,\n  "m": [2]\n}' }],
    ['a file that is not imported', { 'other.js': 'export default 1;' }],
  ])('is the same after a change of %s', async (_, more) => expect(await changed(more)).toBe(false));

  it.each([
    ['the module', { 'main.js': files['main.js'].replace('+', '-') }],
    ['an imported file', { 'lib/twice.js': 'export const twice = (x) => 3 * x;' }],
    ['the order of keys in JSON', { 'table.json': '{"m": [2], "n": 1}' }],
    ['a value in JSON', { 'table.json': '{"n": 2, "m": [2]}' }],
  ])('is another one after a change of %s', async (_, more) => expect(await changed(more)).toBe(true));

  it('does not depend on where it lies', async () => {
    const folder = await createFolder({});
    await writeFiles(join(folder, 'old'), files);
    const before = await keyOf(call, { folder: join(folder, 'old') });
    await rename(join(folder, 'old'), join(folder, 'new'));
    expect(await keyOf(call, { folder: join(folder, 'new') })).toBe(before);
    const elsewhere = await createFolder({
      'deep/er/main.js': files['main.js'],
      'deep/er/lib/twice.js': files['lib/twice.js'],
      'deep/er/table.json': files['table.json'],
    });
    expect(await keyOf(call.replace('./main.js', 'deep/er/main.js'), { folder: elsewhere })).toBe(before);
  });

  it('depends on which of two files is imported where', async () => {
    const main = "import { a } from './a.js'; import { b } from './b.js'; export default () => a - b;";
    const one = await createFolder({
      'main.js': main,
      'a.js': 'export const a = 1, b = 1;',
      'b.js': 'export const a = 2, b = 2;',
    });
    const other = await createFolder({
      'main.js': main,
      'b.js': 'export const a = 1, b = 1;',
      'a.js': 'export const a = 2, b = 2;',
    });
    expect(await keyOf(call, { folder: one })).not.toBe(await keyOf(call, { folder: other }));
  });

  it('follows TypeScript, cycles, dynamic imports and require', async () => {
    const sources = {
      'main.ts': "import { a } from './a.js'; export default () => a;",
      'a.ts': "import './main.js'; export const a = async () => (await import('./b')).default;",
      'b.cts': "module.exports = require('./c.cjs');",
      'c.cjs': 'module.exports = 1;',
    };
    const folder = await createFolder(sources);
    const ts = call.replace('main.js', 'main.ts');
    const definition = await define(ts, { folder });
    expect(
      definition.kind === 'known' && definition.parts.map(({ name }) => name).filter((name) => name.startsWith('code')),
    ).toEqual(['main.ts', 'a.ts', 'b.cts', 'c.cjs'].map((name) => `code of ${name}`));
    const before = await keyOf(ts, { folder });
    await writeFiles(folder, { 'c.cjs': 'module.exports = 2;' });
    expect(await keyOf(ts, { folder })).not.toBe(before);
  });

  it('takes an installed package by its version, with those it needs, and a linked one by its code', async () => {
    const manifest = (name: string, version: string, more = {}) => JSON.stringify({ name, version, main: 'index.js', ...more });
    const folder = await createFolder({
      'main.js': "import one from 'one/sub.js'; import { createHash } from 'node:crypto'; export default () => one;",
      'node_modules/one/package.json': manifest('one', '1.0.0', { dependencies: { two: '^1.0.0', missing: '1' } }),
      'node_modules/one/sub.js': 'module.exports = 1;',
      'node_modules/two/package.json': manifest('two', '1.0.0'),
    });
    const before = await keyOf(call, { folder });
    await writeFiles(folder, { 'node_modules/one/sub.js': 'module.exports = 2;' });
    expect(await keyOf(call, { folder })).toBe(before);
    await writeFiles(folder, { 'node_modules/two/package.json': manifest('two', '1.0.1') });
    const after = await keyOf(call, { folder });
    expect(after).not.toBe(before);
    await writeFiles(folder, { 'node_modules/one/package.json': manifest('one', '2.0.0') });
    expect(await keyOf(call, { folder })).not.toBe(after);
  });

  it('is noticed to have been written again since it was read', async () => {
    const folder = await createFolder(files);
    const code = new CodeBook();
    await keyOf(call, { folder, code });
    expect(await code.isCurrent()).toBe(true);
    await writeFiles(folder, { 'lib/twice.js': 'export const twice = (x) => x + x;\n' });
    expect(await code.isCurrent()).toBe(false);
  });

  it('is unknown when the file is not there', async () => {
    expect(await define(call, { folder: await createFolder({}) })).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('main.js'),
    });
  });

  it('of a node type is that of the plugins', async () => {
    const folder = await createFolder({ 'plugin.js': 'export default (registry) => {};' });
    const plugins = [pathToFileURL(join(folder, 'plugin.js')).href];
    const node: WorkNode = {
      ...(parseWorkflow('<workflow name="t"><source:value id="a" value="1"/></workflow>').ast.nodes[0] as WorkNode),
      type: 'transform:own',
    };
    const defineType = (urls: readonly string[]) =>
      new Definitions({ code: new CodeBook(), flowDirectory: folder, plugins: urls, isReplaced: () => false }).definitionOf([
        node,
      ]);
    const before = await defineType(plugins);
    expect(before).toMatchObject({ kind: 'known' });
    await writeFiles(folder, { 'plugin.js': 'export default (registry) => { registry; };' });
    expect(await defineType(plugins)).not.toMatchObject({ key: (before as { key: string }).key });
    expect(await defineType([])).toMatchObject({ kind: 'unknown' });
  });

  it('counts a schema file by its value', async () => {
    const folder = await createFolder({
      'a.json': '{"type": "object", "required": ["x"]}',
    });
    const validate = (schema: string) => keyOf(`<transform:validate id="v" schema="${schema}"/>`, { folder });
    const before = await validate('a.json');
    await writeFiles(folder, { 'a.json': '{"type":"object",\n"required":["x"]}' });
    expect(await validate('a.json')).toBe(before);
    await writeFiles(folder, { 'a.json': '{"type": "array"}' });
    expect(await validate('a.json')).not.toBe(before);
  });
});
