import { describe, expect, it } from 'vitest';
import { compileTemplate } from '#src/expressions/index.js';
import type { TemplateSource } from '#src/types/source.js';
import { failureOf, lookupIn } from './evaluating.js';

function render(text: string, names: Readonly<Record<string, unknown>> = {}, guard: TemplateSource['guard'] = 'none'): unknown {
  const source = { text, file: 'flow.xml', marks: [{ index: 0, line: 1, column: 1 }] };
  return compileTemplate({ kind: 'template', source, guard }).evaluate(lookupIn(names));
}

const names = {
  n: 3,
  t: 'text',
  list: [1, { a: 2 }],
  nil: null,
  date: new Date('2024-05-01T00:00:00Z'),
  big: 5n,
  bytes: new TextEncoder().encode('é'),
};

describe('templates', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['{{ n }}', 3],
    [' {{ n }}\n', 3],
    ['{{ list }}', names.list],
    ['{{ nil }}', null],
    ['n={{ n }}', 'n=3'],
    ['{{n}}{{n}}', '33'],
    ['{{ t }}-{{ n / 2 }}-{{ n > 2 }}', 'text-1.5-true'],
    ['x {{ list }}', 'x [1,{"a":2}]'],
    ['x {{ date }} {{ big }} {{ bytes }} {{ duration("90s") }}', 'x 2024-05-01T00:00:00Z 5 é 90s'],
    ['\\{{ n }}', '{{ n }}'],
    ['\\{{ {{ n }} \\{{', '{{ 3 {{'],
    ['a \\ b {{ n }}', 'a \\ b 3'],
    ['{{ {"a": {"b": n}} }}', { a: { b: 3 } }],
    ['{{ {"a": {"b": n}}}}', { a: { b: 3 } }],
    ['x{{ "}}" + t }}', 'x}}text'],
    ["x{{ '}}{{' }}", 'x}}{{'],
    ['x{{ r"\\d}}" }}', 'x\\d}}'],
    ['x{{ """a "}}" b""" }}', 'x' + 'a "}}" b'],
    ['}} {{ n }} }', '}} 3 }'],
  ])('%j gives %j', (text, value) => {
    expect(render(text, names)).toEqual(value);
  });

  it('refuses null inside text, naming the expression', () => {
    const error = failureOf(() => render('x {{ nil }}', names));
    expect(error).toMatchObject({ code: 'FLOW_EXPRESSION_FAILED', message: 'nil is null and cannot be put into a text' });
  });

  it.each(['x {{ n', 'x {{ }}', '{{ "a }}', 'x {{ n }'])('refuses %j', (text) => {
    expect(failureOf(() => render(text, names)).code).toBe('FLOW_EXPRESSION_SYNTAX');
  });

  it('bounds all steps of each expression', () => {
    const template = compileTemplate('x{{ lists.range(n).map(x, x) }}', { maxSteps: 1000 });
    expect(template.evaluate(lookupIn({ n: 10 }))).toBe('x[0,1,2,3,4,5,6,7,8,9]');
    expect(failureOf(() => template.evaluate(lookupIn({ n: 10_000 }))).code).toBe('FLOW_EXPRESSION_BUDGET');
  });
});

describe('paths', () => {
  it.each([
    ['out/{{ v }}.json', 'a', 'out/a.json'],
    ['out/{{ v }}', 'sub/folder/a.json', 'out/sub/folder/a.json'],
    ['out/{{ v }}', 'a..b', 'out/a..b'],
    ['out/{{ v }}.json', '..', 'out/...json'],
    ['../out/{{ v }}', 'a', '../out/a'],
    ['/var/{{ v }}', 'a', '/var/a'],
    ['{{ v }}.json', 'a', 'a.json'],
    ['{{ v }}', 'sub/a.json', 'sub/a.json'],
    ['{{ "out/" + v }}', 'a', 'out/a'],
    ['out/{{ v }}', 7, 'out/7'],
    ['a/../b/{{ v }}', 'c', 'a/../b/c'],
  ])('%s with %j is %s', (text, v, path) => {
    expect(render(text, { v }, 'path')).toBe(path);
  });

  it.each([
    ['out/{{ v }}', '..'],
    ['out/{{ v }}', '../x'],
    ['out/{{ v }}', 'a/../../x'],
    ['out/{{ v }}/x', '..'],
    ['out/.{{ v }}', '.'],
    ['out/.{{ v }}/x', './y'],
    ['out/{{ v }}', '/etc/passwd'],
    ['out/{{ v }}', 'C:/x'],
    ['out/{{ v }}', '..\\x'],
    ['out/{{ v }}', 'a\\b'],
    ['out/{{ v }}', 'a\0b'],
    ['out/{{ v }}', ' ..'],
    ['{{ v }}/etc', ''],
    ['{{ v }}:/x', 'C'],
    ['{{ v }}x', '/'],
    ['{{ v }}', '/etc/passwd'],
    ['{{ v }}', '../x'],
    ['{{ v }}', 'C:\\x'],
    ['{{ v }}', ['a']],
  ])('%s with %j is refused', (text, v) => {
    expect(failureOf(() => render(text, { v }, 'path')).code).toBe('PATH_UNSAFE');
  });

  it('sees a climb made of two values', () => {
    expect(failureOf(() => render('out/{{ a }}{{ b }}/x', { a: '.', b: '.' }, 'path')).code).toBe('PATH_UNSAFE');
    expect(failureOf(() => render('{{ a }}{{ b }}/x', { a: '', b: '' }, 'path')).code).toBe('PATH_UNSAFE');
  });

  it('leaves what is written literally alone', () => {
    expect(render('/etc/../x', {}, 'path')).toBe('/etc/../x');
  });
});

describe('URLs', () => {
  it.each([
    ['https://h.example/{{ v }}', 'a b/c?d#e&f', 'https://h.example/a%20b%2Fc%3Fd%23e%26f'],
    ['https://h.example/?q={{ v }}&x=1', 'a&b=c', 'https://h.example/?q=a%26b%3Dc&x=1'],
    ['https://{{ v }}/x', 'api.example.com', 'https://api.example.com/x'],
    ['https://{{ v }}.example.com/x', 'eu', 'https://eu.example.com/x'],
    ['http://127.0.0.1:{{ v }}/x', 8080, 'http://127.0.0.1:8080/x'],
    ['https://h.example/v{{ v }}', 1.5, 'https://h.example/v1.5'],
    ['https://h.example/{{ v }}', '', 'https://h.example/'],
    ['{{ v }}', 'http://h.example/a?b', 'http://h.example/a?b'],
    ['{{ v + "/items" }}', 'https://h.example', 'https://h.example/items'],
    ['https://literal.example/ok', null, 'https://literal.example/ok'],
  ])('%s with %j is %s', (text, v, url) => {
    expect(render(text, { v }, 'url')).toBe(url);
  });

  it.each([
    ['{{ v }}', 'file:///etc/passwd'],
    ['{{ v }}', 'javascript:alert(1)'],
    ['{{ v }}', '/relative'],
    ['{{ v }}', 3],
    ['{{ v }}://h.example/', 'file'],
    ['{{ v }}/items', 'https://h.example'],
    ['https://h.example{{ v }}', '.evil.org'],
    ['https://h.example{{ v }}/x', '@evil.org'],
    ['https://h.example/a/{{ v }}/b', '..'],
    ['https://h.example/a/{{ v }}', '..'],
    ['https://h.example/a/.{{ v }}/b', '.'],
    ['https://{{ v }}/x', 'evil.org/y'],
    ['https://h.example/{{ v }}', '\ud800'],
  ])('%s with %j is refused', (text, v) => {
    expect(failureOf(() => render(text, { v }, 'url')).code).toBe('URL_UNSAFE');
  });

  it('says how to build on a base address', () => {
    const { message, hint } = failureOf(() => render('{{ base }}/items', { base: 'https://h.example' }, 'url'));
    expect(message).toBe('this is no absolute URL once the value of base is put in');
    expect(hint).toContain('https://host/{{ … }}');
    expect(hint).toContain('{{ base + "/path" }}');
  });
});
