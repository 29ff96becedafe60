import { describe, expect, test } from 'vitest';
import { FlowValidationError, type RunOptions } from '#src/index.js';
import { flow, modes, run } from './run-flow.js';

/** Names that every object inherits, or that mean something to whoever reads objects as promises, lists or JSON. */
const inherited = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '__defineGetter__'],
  ...['then', 'toJSON', 'length', 'name'],
];
const functions = [
  ...['size', 'map', 'filter', 'has', 'matches', 'int', 'uint', 'double', 'string', 'bytes', 'bool', 'type', 'dyn', 'list'],
  ...['timestamp', 'duration', 'exists', 'all', 'exists_one', 'cel', 'math', 'lists', 'json', 'optional', 'sum', 'contains'],
];
/** Words of CEL: a field or a variable may have such a name, but nothing can be read by it alone. */
const words = [
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace'],
  ...['return', 'var', 'void', 'while', 'in', 'true', 'false', 'null', '__proto__', 'prototype'],
];
const reserved = 'input run config secrets env branch item index acc vars error branches nodes'.split(' ');

const own = (name: string, value: unknown): Record<string, never> => Object.fromEntries([[name, value]]) as Record<string, never>;
const readable = (names: readonly string[]): string[] => names.filter((name) => !words.includes(name));
const kit = (id: string, name: string, rest: string): string => `<transform:module id="${id}" src="kit:${name}" ${rest}/>`;

/** The same in both modes, or the test fails; errors as code and message. */
async function outcomeOf(body: string, options: RunOptions = {}): Promise<unknown> {
  const outcomes = await Promise.all((['async', 'threads'] as const).map((mode) => outcomeIn(mode, body, options)));
  expect(outcomes[1]).toEqual(outcomes[0]);
  return outcomes[0];
}

async function outcomeIn(mode: 'async' | 'threads', body: string, options: RunOptions): Promise<unknown> {
  try {
    const { status, output, error } = await run(flow(body), mode, options);
    return status === 'completed' ? output : `${error?.code}: ${error?.message}`;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return code === undefined ? error : `${code}: ${message}`;
  }
}

/** For each name what its piece of one flow gives. */
async function each(names: readonly string[], piece: (name: string, id: string) => string, options?: RunOptions) {
  const body = names.map((name, at) => piece(name, `n${at}`)).join('\n');
  const outputs = names.map((_name, at) => `n${at}.output`).join(', ');
  return outcomeOf(`${body}<output>[${outputs}]</output>`, options);
}

/** Codes and messages of a flow that is refused. */
function faultsOf(body: string): readonly string[] {
  try {
    flow(body);
    return [];
  } catch (error) {
    return String(error instanceof FlowValidationError ? error.message : (error as Error).message)
      .replace(/^Error: /, '')
      .split('\n');
  }
}

const value = (id: string, expression: string): string => `<source:value id="${id}" value="${expression}"/>`;
const sevens = (names: readonly string[]): number[] => names.map(() => 7);

describe('a name that objects inherit, a function or a word of CEL', () => {
  test.each([
    ['inherited', inherited],
    ['functions', functions],
    ['words', words],
  ])('is an id like any other: %s', async (_kind, names) => {
    const nodes = names.map((name) => kit(name, 'identity', 'input="7"')).join('');
    const byName = readable(names);
    const read = `[${names.map((name) => `nodes['${name}'].output`)}, ${byName.map((name) => `${name}.output + size('')`)}]`;
    const later = kit('later', 'identity', `input="${read}" after="${names.join(' ')}"`);
    expect(await outcomeOf(nodes + later)).toEqual([...sevens(names), ...sevens(byName)]);
  });

  test.each([
    ['inherited', inherited],
    ['functions', functions],
    ['words', words],
  ])('is a config key, a key of the input, of the environment and a secret: %s', async (_kind, names) => {
    const fields = names.filter((name) => !['in', 'true', 'false', 'null'].includes(name));
    const all = (value: unknown) => Object.fromEntries(fields.map((name) => [name, value])) as Record<string, never>;
    const declared = `<config>${fields.map((name) => `<param name="${name}" type="number" default="1"/>`).join('')}</config>
      <secrets>${fields.map((name) => `<secret name="${name}"/>`).join('')}</secrets>
      <env>${fields.map((name) => `<var name="${name}"/>`).join('')}</env>`;
    const read = fields.flatMap((name) => [
      ...[`config.${name}`, `config['${name}']`, `run.input.${name}`, `size(secrets.${name})`, `env.${name}`],
      ...[`has(run.input.${name})`, `{'${name}': 7}.${name}`],
    ]);
    const options = { config: all(7), input: all(8), secrets: all('12345'), env: all('e') };
    const expected = fields.flatMap(() => [7, 7, 8, 5, 'e', true, 7]);
    expect(await outcomeOf(declared + kit('a', 'identity', `input="[${read}]"`), options)).toEqual(expected);
  });

  test.each(modes)('is listed with the others where one is misspelt, however little was sent: %s', async (mode) => {
    const source = (fields: object) => `<source:value id="a">${JSON.stringify(fields)}</source:value>`;
    const select = (read: string) => `<transform:select id="s" input="null">${read}</transform:select>`;
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, at]));
    const large = { name: 'n', rows: Array.from({ length: 5000 }, (_, at) => ({ at, text: 'some text' })) };
    const cases: [object, string, string][] = [
      [{ title: 1, n: 2 }, 'a.output.titel', 'a.output has no field "titel"; it has title, n'],
      [{ inner: { title: 1 }, n: 2 }, 'a.output.inner.titel + a.output.n', 'a.output.inner has no field "titel"; it has title'],
      [large, 'a.output.nam', 'a.output has no field "nam"; it has name, rows'],
      [wide, 'a.output.x', 'a.output has no field "x"; it has f0, f1, f2, f3, f4, f5, f6, f7 and many more'],
      [{}, 'a.output.x', 'a.output has no field "x"; it is empty'],
    ];
    for (const [fields, read, message] of cases) {
      const { error } = await run(flow(source(fields) + select(read)), mode);
      expect(error?.message).toBe(message);
    }
    const asked = '[has(a.output.x), a.output.?x.orValue(0), a.output.?n.orValue(0), has(a.output.x.y)]';
    const { nodes } = await run(flow(source({ n: 2, m: 3 }) + select(asked)), mode);
    expect(nodes['s']).toEqual(['completed', [false, 0, 2, false]]);
  });

  test('is not there where nobody gave it', async () => {
    const env = `<env>${inherited.map((name) => `<var name="${name}"/>`).join('')}</env>`;
    const read = inherited.flatMap((name) => [`has(run.input.${name})`, `has(env.${name})`, `env.?${name}.orValue(0)`]);
    expect(await outcomeOf(env + value('a', `[${read}]`), { input: {}, env: {} })).toEqual(
      inherited.flatMap(() => [false, false, 0]),
    );
    expect(await outcomeOf(env + value('a', `[${read}]`), { input: {} })).toEqual(inherited.flatMap(() => [false, false, 0]));
    for (const name of inherited) {
      const secret = `<secrets><secret name="${name}"/></secrets>${value('a', '1')}`;
      expect(await outcomeOf(secret, { secrets: {} })).toBe(`SECRET_MISSING: secret not given: ${name}`);
      expect(await outcomeOf(secret)).toBe(`SECRET_MISSING: secret not given: ${name}`);
      expect(await outcomeOf(value('a', '1'), { config: own(name, 1) })).toBe(
        `CONFIG_INVALID: this flow has no config value "${name}"`,
      );
      expect(await outcomeOf(value('a', `run.input.${name}`), { input: {} })).toBe(
        `FLOW_EXPRESSION_FAILED: run.input has no field "${name}"; it is empty`,
      );
    }
    const unknown = inherited.flatMap((name) => [`config.${name}`, `vars.${name}`, `secrets.${name}`, `env.${name}`]);
    const faults = faultsOf(unknown.map((read, at) => value(`n${at}`, read)).join(''));
    expect(faults.map((fault) => fault.replace(/^\S+ /, '').replace(/ not declared.*/, ''))).toEqual(
      unknown.map((read) => `${read} is`),
    );
  });

  test('is an option, written either way', async () => {
    const asElement = (name: string, id: string) =>
      `<transform:module id="${id}" src="kit:options" input="1"><option name="${name}" value="7"/></transform:module>`;
    const asAttribute = (name: string, id: string) => kit(id, 'options', `input="1" ${name}="7"`);
    const names = inherited.filter((name) => name !== 'name');
    for (const piece of [asElement, asAttribute]) expect(await each(names, piece)).toEqual(names.map((name) => [[name, '7']]));
  });

  test('is a variable, in every scope, and out of branches', async () => {
    const scopes = (name: string, id: string) => `<set name="${name}" value="1" scope="workflow"/>
      <phase name="p${id}"><set name="${name}" value="2" scope="phase"/><set name="${name}" value="3" scope="workflow"/>
      ${kit(id, 'identity', `input="[vars.${name}, vars['${name}']]"`)}</phase>`;
    expect(await each(inherited, scopes)).toEqual(inherited.map(() => [2, 2]));
    const branches = (
      name: string,
      id: string,
    ) => `<parallel id="p${id}" conflict="list"><branch><set name="${name}" value="1"/></branch>
      <branch><set name="${name}" value="2"/></branch></parallel>${value(id, `vars.${name}`)}`;
    expect(await each(inherited, branches)).toEqual(inherited.map(() => [1, 2]));
    const inOneTask = (
      name: string,
      id: string,
    ) => `<foreach id="${id}" items="[0]" conflict="last"><set name="${name}" value="1"/>
      <set name="${name}" value="2" scope="workflow"/>${kit(`m${id}`, 'identity', `input="vars.${name}"`)}</foreach>`;
    expect(await each(inherited, inOneTask)).toEqual(inherited.map(() => [1]));
  });

  test('names a branch, a phase and a group', async () => {
    const branch = (name: string, id: string) =>
      `<parallel id="${id}" merge="object"><branch name="${name}">${kit(`m${id}`, 'identity', 'input="7"')}</branch></parallel>`;
    expect(await each(inherited, branch)).toEqual(inherited.map((name) => own(name, 7)));
    const phase = (name: string, id: string) =>
      `<phase name="${name}"><set name="x" value="7" scope="phase"/>${value(id, 'vars.x')}</phase>`;
    expect(await each(inherited, phase)).toEqual(sevens(inherited));
    const group = (name: string, id: string) => `<transform:group id="${id}" input="['${name}', 'a', '${name}']" key="item"/>`;
    expect(await each(inherited, group)).toEqual(
      inherited.map((name) => [
        { key: name, items: [name, name] },
        { key: 'a', items: ['a'] },
      ]),
    );
  });

  test('is a field of data, of CSV, of an error and of a schema', async () => {
    const csv = (name: string, id: string) =>
      `<transform:parse id="p${id}" input="'${name},x\\n7,8\\n'" format="csv"/>${kit(id, 'identity', `input="p${id}.output[0].${name}"`)}`;
    expect(await each(inherited, csv)).toEqual(sevens(inherited));
    const names = inherited.filter((name) => name !== 'name');
    const thrown = (name: string, id: string) =>
      `<transform:module id="${id}" src="kit:failWith" input="'${name}'"><fallback>${value(`f${id}`, `error.${name}`)}</fallback></transform:module>`;
    expect(await each(names, thrown)).toEqual(sevens(names));
    const schema = (name: string, id: string) =>
      `<transform:validate id="${id}" input="{'${name}': 7}" schema='{"required": ["${name}"], "properties": {"${name}": {"type": "number"}}}'/>`;
    expect(await each(inherited, schema)).toEqual(inherited.map((name) => own(name, 7)));
  });

  test('is the name of an element and its position, unless no expression could read it', async () => {
    const names = readable([...inherited, ...functions]);
    const item = (name: string, id: string) =>
      `<foreach id="${id}" items="[7]" item="${name}">${kit(`m${id}`, 'identity', `input="${name}"`)}</foreach>`;
    expect(await each(names, item)).toEqual(names.map(() => [7]));
    const index = (name: string, id: string) =>
      `<foreach id="${id}" items="[7]" index="${name}">${kit(`m${id}`, 'identity', `input="${name}"`)}</foreach>`;
    expect(await each(names, index)).toEqual(names.map(() => [0]));
    for (const setting of ['item', 'index']) {
      const faults = faultsOf(
        words
          .map((name, at) => `<foreach id="f${at}" items="[7]" ${setting}="${name}">${value(`v${at}`, '1')}</foreach>`)
          .join(''),
      );
      expect(faults.map((fault) => fault.replace(/^\S+ /, ''))).toEqual(
        words.map(
          (name) =>
            `${setting}="${name}": "${name}" is a word of expressions, which none of them can read as a name. Choose another name.`,
        ),
      );
    }
  });
});

test('names that expressions give a meaning to are refused as ids', () => {
  const faults = faultsOf(reserved.map((name) => value(name, '1')).join(''));
  expect(faults.map((fault) => fault.replace(/^\S+ /, '').replace(/ Choose.*/, ''))).toEqual(
    reserved.map((name) => `"${name}" cannot be an id: expressions know it as something else.`),
  );
});
