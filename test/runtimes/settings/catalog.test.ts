import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RuntimeRegistry, registry } from '#src/runtimes/registry.js';
import { createCatalog } from '#src/runtimes/settings/catalog.js';
import { describeElement, elementNames } from '#src/runtimes/settings/describe.js';
import { expression, lambda, pairs } from '#src/runtimes/settings/evaluables.js';
import { duration } from '#src/runtimes/settings/literals.js';
import type { NodeRuntime } from '#src/runtimes/types.js';
import type { Evaluable } from '#src/types/source.js';
import '#src/runtimes/index.js';

const source = (text: string) => ({ text, file: 'f.xml', marks: [{ index: 0, line: 1, column: 1 }] });
const expr = (text: string): Evaluable => ({ kind: 'expression', source: source(text) });
const tmpl = (text: string): Evaluable => ({ kind: 'template', source: source(text), guard: 'none' });
const lam = (text: string, ...binds: string[]): Evaluable => ({ kind: 'lambda', source: source(text), binds });

const catalog = createCatalog(registry);

function shapeOf(element: string, from = catalog) {
  const shape = from.get(element);
  if (shape === undefined) throw new Error(`Expected the catalog to have ${element}.`);
  return shape;
}

function settingsOf(element: string, raw: Readonly<Record<string, unknown>>, from = catalog) {
  const outcome = shapeOf(element, from).parse(raw);
  return outcome.ok ? outcome.settings : outcome.issues;
}

describe('the catalog', () => {
  test('fills in defaults and types what is written', () => {
    expect(settingsOf('parallel', { id: 'p' })).toEqual({
      ...{ id: 'p', join: { kind: 'all' }, losers: 'cancel', onError: 'fail-fast', conflict: 'error', merge: 'array' },
    });
    expect(settingsOf('retry', {})).toEqual({ limit: 3, delay: 1000, backoff: 'exponential', factor: 2, jitter: 'none' });
    expect(settingsOf('workflow', { name: 'w', maxConcurrency: '4', timeout: '1m' })).toEqual({
      ...{ name: 'w', maxConcurrency: 4, timeout: 60_000, schedule: 'ready' },
    });
    expect(
      settingsOf('foreach', { id: 'f', items: expr('xs'), batch: '8', toleratedFailures: '5%', after: 'a b' }),
    ).toMatchObject({
      ...{
        batch: 8,
        toleratedFailures: { unit: 'percent', amount: 5 },
        after: ['a', 'b'],
        item: 'item',
        index: 'index',
        merge: 'array',
      },
    });
    expect(settingsOf('param', { name: 'top', type: 'number', default: '10', required: 'false' })).toEqual({
      ...{ name: 'top', type: 'number', default: '10', required: false },
    });
    expect(settingsOf('source:http', { id: 'h', url: tmpl('http://x'), okStatus: '200,201', cost: '250' })).toMatchObject({
      ...{
        okStatus: [
          [200, 200],
          [201, 201],
        ],
        format: 'auto',
        maxBytes: 104_857_600,
        cost: 250,
      },
    });
  });

  test('merge is a keyword or an expression', () => {
    expect(settingsOf('parallel', { id: 'p', merge: expr(' object ') })).toMatchObject({ merge: 'object' });
    expect(settingsOf('parallel', { id: 'p', merge: expr('branches[0]') })).toMatchObject({ merge: expr('branches[0]') });
    expect(settingsOf('foreach', { id: 'f', items: expr('xs'), merge: expr('object') })).toMatchObject({ merge: expr('object') });
  });

  test('reports every fault at once, with hints', () => {
    expect(settingsOf('parallel', { join: 'half', onError: 'fail-fats', maxConcurrency: '0' })).toEqual([
      { setting: 'maxConcurrency', message: 'expected a whole number of at least 1, got "0"' },
      { setting: 'join', message: 'expected all, any, a count such as 2, or a share such as 50%, got "half"' },
      {
        setting: 'onError',
        message: 'expected fail-fast, finish, wait or continue, got "fail-fats"',
        hint: 'Did you mean "fail-fast"?',
      },
      { setting: 'id', message: 'expected an id' },
    ]);
    expect(settingsOf('parallel', { id: 'p', onError: 'ignore' })).toMatchObject([{ hint: 'Did you mean "continue"?' }]);
    expect(settingsOf('sink:log', { id: 's', timeout: '30' })).toEqual([
      expect.objectContaining({ setting: 'timeout', hint: 'Give the unit: 30ms or 30s.' }),
    ]);
  });

  test.each([
    ['source:value', {}, 'value', 'expected a value, got none'],
    ['source:value', { value: expr('1'), json: '1' }, 'value', 'got both'],
    ['source:value', { json: '[1,' }, 'json', 'not JSON: expected a value, got the end of the text'],
    [
      'source:http',
      { url: tmpl('http://x'), method: 'GET', body: tmpl('x') },
      'method',
      'expected a method that carries a body, got "GET"',
    ],
    ['source:http', { url: tmpl('ftp://x/y') }, 'url', 'expected an http or https URL, got "ftp://x/y"'],
    ['source:http', { url: tmpl('/items') }, 'url', 'expected an http or https URL, got "/items"'],
    ['source:http', { url: tmpl('{{ config.base }}/items') }, 'url', 'where no scheme can come from'],
    ['sink:http', { url: tmpl('file:///{{ item }}') }, 'url', 'expected an http or https URL, got "file:///{{ item }}"'],
    ['source:value', { value: expr('1'), timeout: '0s' }, 'timeout', 'expected a duration longer than 0, got "0s"'],
    ['source:file', { path: tmpl(' ') }, 'path', 'expected a path, got " "'],
    ['source:file', { path: tmpl('data/') }, 'path', 'got "data/", which is a folder'],
    ['sink:file', { path: tmpl('out/{{ run.id }}/..') }, 'path', 'which is a folder'],
    [
      'sink:http',
      { url: tmpl('http://x'), headers: [{ name: 'a b', value: tmpl('x') }] },
      'headers',
      'expected the name of a header, got "a b"',
    ],
    [
      'source:http',
      { url: tmpl('http://x'), headers: [{ name: 'a', value: tmpl('1 €') }] },
      'headers',
      'expected a value that HTTP allows in the header "a"',
    ],
    ['transform:compress', { level: '11' }, 'level', 'expected 0 to 9 for gzip, got "11"'],
    ['foreach', { items: expr('xs'), item: 'i', index: 'i' }, 'index', 'expected another name than `item` has'],
    ['transform:hash', { algorithm: 'sha25' }, 'algorithm', 'got "sha25"'],
    ['transform:map', {}, 'expression', 'expected an expression over item, index'],
    [
      'transform:map',
      { expression: expr('1') },
      'expression',
      'expected an expression over item, index, got an object with kind, source',
    ],
    ['loop', {}, 'maxIterations', 'expected a whole number of at least 1'],
    ['fail', { code: tmpl('') }, 'code', 'expected a code, got ""'],
    ['fail', { code: tmpl('  ') }, 'code', 'expected a code, got "  "'],
  ])('%s with %j is refused at %s', (element, raw, setting, message) => {
    expect(settingsOf(element, { id: 'n', ...raw })).toEqual([
      expect.objectContaining({ setting, message: expect.stringContaining(message) }),
    ]);
  });

  test.each(['https://x/y', 'HTTP://x', '{{ config.base }}', '{{ config.scheme }}://y', 'http://{{ item }}'])(
    'takes the URL %s',
    (url) => {
      expect(settingsOf('sink:http', { id: 'n', url: tmpl(url) })).not.toBeInstanceOf(Array);
    },
  );

  test.each(['{{ config.path }}', 'out/{{ item }}', '.hidden', 'a/..b', '/dev/stdin'])('takes the path %s', (path) => {
    expect(settingsOf('sink:file', { id: 'n', path: tmpl(path) })).not.toBeInstanceOf(Array);
  });

  test('tells where inside a text the fault is', () => {
    expect(settingsOf('source:value', { id: 'v', json: '[1,\n 2 3]' })).toEqual([expect.objectContaining({ index: 7 })]);
  });

  test('says how each setting is read', () => {
    expect(shapeOf('transform:reduce').settings.get('expression')).toEqual({
      ...{ name: 'expression', kind: 'lambda', binds: ['acc', 'item', 'index'], repeated: undefined },
    });
    expect(shapeOf('source:http').settings.get('headers')).toEqual({
      name: 'headers',
      kind: 'template',
      binds: [],
      repeated: 'header',
    });
    expect(shapeOf('source:http').settings.get('url')?.kind).toBe('url');
    expect(shapeOf('sink:file').settings.get('path')?.kind).toBe('path');
    expect(shapeOf('parallel').settings.get('merge')?.kind).toBe('expression');
    expect(shapeOf('parallel').settings.get('timeout')?.kind).toBe('literal');
    expect(shapeOf('transform:module').openSetting).toBe('options');
    expect(['source:value', 'transform:select', 'set', 'sink:file'].map((name) => shapeOf(name).textSetting)).toEqual([
      ...['json', 'expression', 'value', undefined],
    ]);
  });

  test('gives every node what nodes share, and parts nothing of it', () => {
    const shared = ['id', 'input', 'when', 'after', 'timeout', 'cost', 'cache'];
    for (const element of catalog.nodeElements().filter((name) => name !== 'break' && name !== 'phase')) {
      const own = /^(source|transform|sink):/.test(element) ? [...shared, 'memory'] : shared;
      expect([...shapeOf(element).settings.keys()].slice(-own.length)).toEqual(own);
    }
    expect([...shapeOf('parallel/branch').settings.keys()]).toEqual(['name', 'when']);
    expect([...shapeOf('break').settings.keys()]).toEqual(['id', 'when']);
    expect([...shapeOf('phase').settings.keys()]).toEqual(['name', 'id', 'cache']);
    for (const element of ['set', 'fail', 'phase', 'break']) {
      expect(settingsOf(element, { name: 'n', value: expr('1') })).not.toBeInstanceOf(Array);
    }
  });

  test('options may not come twice', () => {
    const options = [
      { name: 'a', value: tmpl('1') },
      { name: 'a', value: tmpl('2') },
    ];
    expect(settingsOf('transform:module', { id: 'm', src: 'x.js', options })).toEqual([
      expect.objectContaining({ setting: 'options', message: 'expected each name once, got "a" twice' }),
    ]);
    expect(settingsOf('source:http', { id: 'm', url: tmpl('http://x'), headers: options })).toMatchObject({ headers: options });
  });

  test('knows no control type by its internal name, and nothing unregistered', () => {
    expect(catalog.get('control:parallel')).toBeUndefined();
    expect(catalog.get('transform:nothing')).toBeUndefined();
    expect(catalog.nodeElements()).not.toContain('control:parallel');
    expect(catalog.nodeElements()).toContain('parallel');
    const bare = createCatalog(new RuntimeRegistry());
    expect(bare.get('source:file')).toBeUndefined();
    expect(bare.get('parallel')).toBeDefined();
  });
});

describe('types of plugins', () => {
  const execute = () => null;
  const own = new RuntimeRegistry();
  const plugged = createCatalog(own);
  const add = (runtime: NodeRuntime) => own.register(runtime, { override: true });

  test('with settings: constructors keep their kinds, plain zod fields are literals read from text', () => {
    const settings = z.object({
      near: expression().describe('Where to start.'),
      score: lambda(['item']).optional(),
      wait: duration().prefault('2s'),
      headers: pairs('header').optional(),
      limit: z.number().int().max(10).default(5),
      deep: z.boolean().optional(),
      mode: z.enum(['fast', 'exact']),
      tags: z.array(z.string()).optional(),
      name: z.string().optional(),
    });
    add({ type: 'transform:geocode', execute, settings });
    const kinds = Object.fromEntries([...shapeOf('transform:geocode', plugged).settings].map(([name, { kind }]) => [name, kind]));
    expect(kinds).toMatchObject({
      near: 'expression',
      score: 'lambda',
      wait: 'literal',
      headers: 'template',
      limit: 'literal',
      mode: 'literal',
    });
    const parse = (raw: object) =>
      settingsOf('transform:geocode', { id: 'g', near: expr('input'), mode: 'fast', ...raw }, plugged);
    expect(parse({ limit: '7', deep: 'true', tags: '["a"]', name: '12', score: lam('item', 'item') })).toMatchObject({
      ...{ limit: 7, deep: true, tags: ['a'], name: '12', wait: 2000, near: expr('input') },
    });
    expect(parse({})).toMatchObject({ limit: 5, wait: 2000 });
    expect(parse({ mode: 'fst' })).toEqual([expect.objectContaining({ setting: 'mode', hint: 'Did you mean "fast"?' })]);
    expect(parse({ limit: '70' })).toEqual([
      expect.objectContaining({ setting: 'limit', message: expect.stringContaining('10') }),
    ]);
    expect(parse({ limit: 'many' })).toEqual([expect.objectContaining({ message: expect.stringContaining('got "many"') })]);
    expect(parse({ mode: undefined })).toEqual([{ setting: 'mode', message: 'expected a value, got none' }]);
    expect(describeElement('transform:geocode', own)?.settings.find(({ name }) => name === 'near')).toMatchObject({
      required: true,
      description: 'Where to start.',
    });
    expect(describeElement('transform:geocode', own)?.settings.find(({ name }) => name === 'limit')).toMatchObject({
      required: false,
      default: '5',
      type: 'number',
    });
  });

  test('with settings: what the schema checks across its fields holds', () => {
    const settings = z
      .object({ min: z.number(), max: z.number() })
      .refine(({ min, max }) => min <= max, { path: ['max'], message: 'less than min' });
    add({ type: 'transform:clamp', execute, settings });
    expect(settingsOf('transform:clamp', { id: 'c', min: '1', max: '2' }, plugged)).toEqual({ id: 'c', min: 1, max: 2 });
    expect(settingsOf('transform:clamp', { id: 'c', min: '3', max: '2' }, plugged)).toEqual([
      expect.objectContaining({ setting: 'max', message: 'less than min, got "2"' }),
    ]);
  });

  test('without settings: every attribute is a template of its own name', () => {
    add({ type: 'sink:beep', execute });
    const shape = shapeOf('sink:beep', plugged);
    const open = shape.openSetting ?? '';
    expect(shape.settings.get(open)?.kind).toBe('template');
    const given = [
      { name: 'tone', value: tmpl('a') },
      { name: '__proto__', value: tmpl('b') },
    ];
    const settings = settingsOf('sink:beep', { id: 'b', [open]: given }, plugged) as object;
    expect(Object.entries(settings)).toEqual([
      ['id', 'b'],
      ['tone', tmpl('a')],
      ['__proto__', tmpl('b')],
    ]);
    expect(plugged.nodeElements()).toContain('sink:beep');
  });

  test('a registered type is found by a catalog made before it, and an override brings its own settings', () => {
    add({ type: 'source:http', execute });
    expect(shapeOf('source:http', plugged).settings.has('url')).toBe(true);
    add({ type: 'source:http', execute, settings: z.object({ host: z.string() }) });
    expect([...shapeOf('source:http', plugged).settings.keys()].slice(0, -8)).toEqual(['host']);
  });
});

describe('describeElement', () => {
  test('tells everything of every element', () => {
    for (const name of elementNames()) {
      const description = describeElement(name);
      expect(description?.summary).toMatch(/^[A-Z<].*\.$/);
      for (const setting of description?.settings ?? []) {
        expect(setting.description, `${name} ${setting.name}`).toMatch(/\S/);
        expect(setting.type, `${name} ${setting.name}`).toMatch(/\S/);
      }
    }
  });

  test('tells name, kind, type, default and whether a setting is required', () => {
    const description = describeElement('transform:sort');
    expect(description).toMatchObject({ category: 'transform', textSetting: 'key', open: false, output: 'the sorted list' });
    expect(description?.settings[1]).toEqual({
      ...{
        name: 'order',
        kind: 'literal',
        type: 'asc or desc',
        default: 'asc',
        required: false,
        repeated: undefined,
        binds: [],
        common: false,
      },
      description: 'Smallest or largest first.',
    });
    expect(description?.settings.filter(({ common }) => common).map(({ name }) => name)).toEqual([
      'id',
      'input',
      'when',
      'after',
      'timeout',
      'cost',
      'cache',
      'memory',
    ]);
    expect(description?.settings.filter(({ required }) => required).map(({ name }) => name)).toEqual(['id']);
  });

  test('knows no other names', () => {
    expect(describeElement('transform:nothing')).toBeUndefined();
    expect(describeElement('control:parallel')).toBeUndefined();
    expect(elementNames()).toContain('parallel/branch');
    expect(new Set(elementNames()).size).toBe(elementNames().length);
  });
});
