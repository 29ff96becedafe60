import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { compileExpression, compileTemplate } from '#src/expressions/index.js';
import type { SourceText } from '#src/types/source.js';
import { evaluate, failureOf, lookupIn } from './evaluating.js';

describe('syntax faults', () => {
  it.each([
    ['', 1, /empty/, /Write an expression/],
    ['{{ }}', 3, /empty/, /Write an expression/],
    ['a === b', 5, /"="/, /==/],
    ['a !== b', 5, /"="/, /!=/],
    ['a = b', 3, /"="/, /cannot assign/],
    ['xs.map(x => x)', 10, /"="/, /no arrow functions/],
    ['`n`', 1, /"`"/, /quotes/],
    ['a ? b', 6, /":" was expected/, /condition \? then : else/],
    ['a ?? b', 4, /"\?"/, /orValue/],
    ['a?.b', 3, /"\."/, /a\.\?b/],
    ['a & b', 3, /"&"/, /&&/],
    ['a | b', 3, /"\|"/, /\|\|/],
    ['a and b', 3, /"and"/, /&&/],
    ['a or b', 3, /"or"/, /\|\|/],
    ['not a', 5, /"a"/, /Write !/],
    ['typeof a', 8, /"a"/, /type\(x\)/],
    ['"abc', 1, /unterminated/, /quote/],
    ['a.0', 3, /a name was expected/, /brackets/],
    ['a.in', 3, /a name was expected/, /brackets/],
    ['loop.output', 1, /reserved/, /nodes\["name"\]/],
    ['[...a]', 2, /"\."/, /spread/],
    ['a;', 2, /";"/, /semicolon/],
    ['$x', 1, /"\$"/, /Names consist/],
    ['size(', 6, /ends too early/, undefined],
    ['(a', 3, /"\)" was expected/, undefined],
    ['xs.map(1, 2)', 8, /first argument/, /list\.filter/],
    ['{{ a', 1, /never closed/, /\\\{\{/],
    ['{{ a }} b', 9, /templates only/, /\+/],
  ])('%s at column %i', (text, column, message, hint) => {
    const error = failureOf(() => compileExpression(text));
    expect(error.code).toBe('FLOW_EXPRESSION_SYNTAX');
    expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
    expect(error.source?.column).toBe(column);
  });

  it.each([
    [`${'!'.repeat(20_000)}true`],
    ['['.repeat(5000)],
    [`${'1+'.repeat(5000)}1`],
    [`${'('.repeat(3000)}1`],
    [`a${'.b'.repeat(3000)}`],
  ])('refuses nesting without end (%#)', (text) => {
    expect(failureOf(() => compileExpression(text)).code).toBe('FLOW_EXPRESSION_SYNTAX');
  });
});

describe('type faults', () => {
  it.each([
    ['xs.lenght()', 1, /no function lenght/, /size\(x\)/],
    ['sise(xs)', 1, /no function sise/, /"size"/],
    ['xs.fliter(x, x)', 1, /no function fliter/, /"filter"/],
    ['xs.length()', 1, /no function length/, /size\(x\)/],
    ['xs.includes(1)', 1, /no function includes/, /x in list/],
    ['t.toUpperCase()', 1, /no function toUpperCase/, /upperAscii/],
    ['math.flor(1)', 1, /no function math\.flor/, /"math\.floor"/],
    ['Math.max(1, 2)', 1, /no function max/, /math\.greatest/],
    ['JSON.stringfy(a)', 1, /no function stringfy/, undefined],
    ['contains(t, "x")', 1, /no function contains/, /t\.contains\("x"\)/],
    ['t.int()', 1, /no function int/, /int\(t\)/],
    ['map(xs, x, x)', 1, /no function map/, /list\.map/],
    ['now()', 1, /no function now/, /startedAt/],
    ['"a" - 1', 1, /a string - a number/, /double/],
    ['1 + null', 1, /a number \+ null/, /null/],
    ['true * 2', 1, /true or false \* a number/, undefined],
    ['size(xs) == "3"', 1, /never equal/, undefined],
    ['1 < "a"', 1, /no order/, undefined],
    ['"a".slice(1)', 1, /slice\(\) is called on a list or bytes; "a" is a string/, undefined],
    ['size(1)', 6, /size\(\) takes a string, list, map or bytes as its first argument; 1 is a number/, undefined],
    ['xs.slice("a")', 10, /whole number as its first argument/, undefined],
    ['xs.slice()', 1, /takes 1 to 2 arguments, not 0/, undefined],
    ['size(1, 2)', 1, /takes 1 argument, not 2/, undefined],
    ['math.least()', 1, /at least 1 argument/, undefined],
    ['has(a)', 1, /has\(\) takes a field/, /!= null/],
    ['1 && true', 1, /true or false/, undefined],
    ['size(xs) ? 1 : 2', 1, /true or false/, undefined],
    ['"abc".matches("(?=x)")', 15, /pattern cannot be used/, /look-ahead/],
    ['t.matches("(a")', 11, /missing closing/, /RE2/],
    ['t.matches("(a)\\\\1")', 11, /pattern/, /back-references/],
    ['"abc"[0]', 1, /cannot be indexed/, /charAt/],
    ['"abc".length', 1, /no field "length"/, /size\("abc"\)/],
    ['"b" in "abc"', 8, /"in" looks into a list/, /contains/],
    ['a.?b.size()', 1, /size\(\) takes/, /orValue/],
  ])('%s at column %i', (text, column, message, hint) => {
    const error = failureOf(() => compileExpression(text));
    expect(error.code).toBe('FLOW_EXPRESSION_TYPE');
    expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
    expect(error.source?.column).toBe(column);
  });
});

describe('failures while evaluating', () => {
  const names = {
    api1: {
      output: { rows: { a: 1, b: 2, c: 3 }, name: 'x', none: null, list: [1] },
      wide: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, i])),
    },
    xs: [{ n: 1 }],
    rx: '(?<=a)b',
    secrets: { KEY: 'hunter2' },
  };

  it.each([
    ['api1.output.rows.x', 18, 'api1.output.rows has no field "x"; it has a, b, c', /has\(\) or \.\?x/],
    ['api1.output.nam', 13, 'api1.output has no field "nam"; it has rows, name, none, list', /"name"/],
    ['api1.output.none.x', 18, 'api1.output.none is null and has no field "x"', /!= null/],
    ['api1.output.list.x', 18, 'api1.output.list is a list and has no field "x"', /\.map\(x, x\.x\)/],
    ['api1.wide.x', 11, 'api1.wide has no field "x"; it has f0, f1, f2, f3, f4, f5, f6, f7 and 12 more', undefined],
    ['api1.output["nam"]', 13, 'api1.output has no field "nam"; it has rows, name, none, list', /"name"/],
    ['xs[1]', 4, 'xs has 1 element and none at index 1', /xs\[\?n\]/],
    ['xs[-1]', 4, 'xs has 1 element and none at index -1', /size\(xs\) - 1/],
    ['xs["a"]', 4, 'xs is a list, indexed by whole numbers from 0, not by a string', undefined],
    ['xs.map(x, x.m)', 13, 'x has no field "m"; it has n', /has\(\)/],
    ['nowhere', 1, 'there is no value named "nowhere" here', undefined],
    ['api1.output.name + xs', 1, 'a string + a list has no meaning', /json\.stringify/],
    ['api1.output.name.map(x, x)', 1, 'api1.output.name is a string; a list or a map was expected', undefined],
    ['cel.bind(o, [api1.?none], "-" + o[0])', 27, 'a string + an optional has no meaning', /orValue/],
    ['[1, "a"].sort()', undefined, /no order/, undefined],
    ['int(api1.output.name)', undefined, 'int() cannot read "x": digits were expected', undefined],
    ['"ab".matches(rx)', undefined, /pattern cannot be used/, /look-ahead/],
    ['"a".substring(0.5)', undefined, 'substring() takes a whole number as its first argument, not 0.5', /math\.floor/],
    ['{"a": 1, "a": 2}', 10, 'the key "a" is given twice', undefined],
    ['json.parse("{")', undefined, /cannot read "\{" as JSON/, undefined],
    ['timestamp("tomorrow")', undefined, /cannot read "tomorrow"/, /ISO 8601/],
    ['duration("5 parsecs")', undefined, /cannot read "5 parsecs"/, /1h30m/],
    ['timestamp("2024-05-01T00:00:00Z").getHours("Mars/Base")', undefined, /no time zone "Mars\/Base"/, /IANA/],
    ['optional.none().value()', undefined, /absent/, /orValue/],
    ['"%q".format([1])', undefined, /knows no %q/, undefined],
    ['"%d".format([])', undefined, /fewer/, undefined],
  ])('%s', (text, column, message, hint) => {
    const expression = compileExpression(text);
    const error = failureOf(() => expression.evaluate(lookupIn(names)));
    expect(error.code).toBe('FLOW_EXPRESSION_FAILED');
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
    if (column !== undefined) expect(error.source).toMatchObject({ line: 1, column });
  });

  it('keeps data out of messages where secrets are read', () => {
    expect(failureOf(() => evaluate('int(secrets.KEY)', names)).message).not.toContain('hunter2');
  });

  it('passes on a FlowError of the lookup, with the place added', () => {
    const lookup = () => {
      throw new FlowError('SECRET_MISSING', 'not given');
    };
    const error = failureOf(() =>
      compileExpression('false || secrets.KEY == 1 || x').evaluate((name) => (name === 'x' ? 1 : lookup())),
    );
    expect(error).toMatchObject({ code: 'SECRET_MISSING', source: { column: 10 } });
  });

  it('survives values that contain themselves or are very deep', () => {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    const twin: Record<string, unknown> = {};
    twin['self'] = twin;
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const again = structuredCloneOfDepth(100_000);
    for (const text of [
      'a == b',
      'json.stringify(a)',
      '[deep] == [again]',
      'json.stringify(deep)',
      '{"a": a, "d": duration("1s")}',
    ]) {
      expect(failureOf(() => evaluate(text, { a: self, b: twin, deep, again })).code).toMatch(/FAILED|BUDGET/);
    }
  });
});

function structuredCloneOfDepth(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

describe('positions in the file', () => {
  // `when="a &amp;&amp; {{…` : every decoded entity has a mark of its own.
  const source: SourceText = {
    text: 'a < b\n  && a.x.nope',
    file: 'flow.xml',
    marks: [
      { index: 0, line: 7, column: 20 },
      { index: 2, line: 7, column: 22 },
      { index: 3, line: 7, column: 26 },
      { index: 6, line: 8, column: 1 },
      { index: 8, line: 8, column: 3 },
      { index: 9, line: 8, column: 8 },
      { index: 10, line: 8, column: 13 },
    ],
  };

  it('count decoded entities as they stand', () => {
    const error = failureOf(() => compileExpression({ kind: 'expression', source }).evaluate(lookupIn({ a: 1, b: 2 })));
    expect(error.message).toBe('a is a number and has no field "x"');
    expect(error.source).toEqual({ file: 'flow.xml', line: 8, column: 16 });
  });

  it('count braces and earlier text in templates', () => {
    const error = failureOf(() => compileTemplate('first\n{{ ok }} {{ a.b }}').evaluate(lookupIn({ ok: 1, a: {} })));
    expect(error.source).toEqual({ file: '<text>', line: 2, column: 15 });
  });
});

it('a Map with objects for keys is described without them', () => {
  const error = failureOf(() =>
    evaluate('m.x', {
      m: new Map<unknown, unknown>([
        [{}, 1],
        [new Map(), 2],
        [Object.create(null), 3],
        ['a', 4],
      ]),
    }),
  );
  expect(error.message).toBe('m has no field "x"; it has a key that is a map, a key that is a map, a key that is a map, a');
});
