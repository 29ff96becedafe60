import { describe, expect, it } from 'vitest';
import { evaluate, failureOf } from './evaluating.js';

const names = {
  count: 3,
  half: 0.5,
  big: 10n,
  huge: 2n ** 70n,
  xs: [1, 2, 3],
  sparse: [1, undefined, 3],
  bytes: new Uint8Array([7, 8]),
  floats: new Float32Array([1.5, 2.5]),
  longs: new BigInt64Array([5n]),
  map: new Map<unknown, unknown>([
    ['k', 1],
    [2, 'two'],
    ['nested', { a: 1 }],
  ]),
  set: new Set([1, 'a']),
  date: new Date('2024-05-01T00:00:00Z'),
  nothing: null,
  holes: { present: undefined, nil: null },
  api: { output: { rows: [{ x: 1 }, { x: 2 }] } },
  proto: JSON.parse('{"__proto__": {"x": 1}, "constructor": "data", "toString": 5}') as unknown,
};

describe('numbers are one kind', () => {
  it.each([
    ['count + 1', 4],
    ['size(xs) + 1', 4],
    ['xs[size(xs) - 1]', 3],
    ['5 / 2 == 2.5', true],
    ['5 / 2', 2.5],
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['"n=" + count', 'n=3'],
    ['count + " items"', '3 items'],
    ['"n=" + 3.0', 'n=3'],
    ['"n=" + half', 'n=0.5'],
    ['count < 3.5 && 3.5 > count', true],
    ['3 == 3.0', true],
    ['count in [1.0, 3.0]', true],
    ['int("3") + double("0.5")', 3.5],
    ['3u + 1', 4],
    ['0x10', 16],
    ['1e3 + 1', 1001],
    ['string(1e21)', '1e+21'],
    ['-count', -3],
    ['half * 4', 2],
    ['[3, 1.5, 2].sort()', [1.5, 2, 3]],
    ['{1: "a"}[1]', 'a'],
    ['lists.range(3)[2.0]', 2],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, names)).toEqual(value);
  });

  it.each([
    ['big', 10n],
    ['big + 1', 11n],
    ['big * big', 100n],
    ['big / 3', 3n],
    ['big + 0.5', 10.5],
    ['big == 10', true],
    ['big == 10.0 && 10 == big', true],
    ['[big] == [10]', true],
    ['big > 9 && big < 10.5', true],
    ['string(big)', '10'],
    ['"n=" + huge', 'n=1180591620717411303424'],
    ['int(big)', 10],
    ['xs[big - 9]', 2],
    ['-big', -10n],
    ['longs[0] + 1', 6n],
    ['size(longs)', 1],
    ['huge == huge + 0', true],
    ['math.greatest(big, 3)', 10n],
    ['map[big - 8]', 'two'],
  ])('with a BigInt that went in, %s is %s', (text, value) => {
    expect(evaluate(text, names)).toEqual(value);
  });

  it.each(['1 / 0', '1 % 0', 'count / (count - 3)', 'big / 0'])('%s fails', (text) => {
    const { code, message } = failureOf(() => evaluate(text, names));
    expect([code, message]).toEqual(['FLOW_EXPRESSION_FAILED', expect.stringContaining('division by zero')]);
  });

  it('refuses a literal that a number cannot hold', () => {
    expect(failureOf(() => evaluate('9007199254740993'))).toMatchObject({ code: 'FLOW_EXPRESSION_SYNTAX' });
    expect(evaluate('9007199254740992')).toBe(9007199254740992);
  });
});

describe('values of every structured-cloneable kind', () => {
  it.each([
    ['size(bytes)', 2],
    ['bytes[1]', 8],
    ['bytes == b"\\x07\\x08"', true],
    ['bytes.map(b, b + 1)', [8, 9]],
    ['floats[0] + floats[1]', 4],
    ['size(floats)', 2],
    ['floats.filter(f, f > 2)', [2.5]],
    ['sum(floats)', 4],
    ['floats == [1.5, 2.5]', true],
    ['floats.slice(1)', new Float32Array([2.5])],
    ['map["k"]', 1],
    ['map.k', 1],
    ['map[2]', 'two'],
    ['map["nested"].a', 1],
    ['"k" in map', true],
    ['size(map)', 3],
    ['map.map(k, string(k))', ['k', '2', 'nested']],
    ['"a" in set', true],
    ['size(set)', 2],
    ['set.exists(s, s == 1)', true],
    ['date', names.date],
    ['date.getFullYear()', 2024],
    ['date == timestamp("2024-05-01T00:00:00Z")', true],
    ['date < timestamp("2024-05-02T00:00:00Z")', true],
    ['string(date)', '2024-05-01T00:00:00Z'],
    ['nothing == null', true],
    ['sparse.map(x, x == null)', [false, true, false]],
    ['sparse[1]', null],
    ['has(holes.present)', false],
    ['has(holes.nil)', true],
    ['holes.nil', null],
    ['set == set', true],
    ['{"k": 1, "2": "two", "nested": {"a": 1}} == map', true],
    [
      'json.stringify({"m": map, "b": bytes, "d": date, "n": big})',
      '{"m":{"k":1,"2":"two","nested":{"a":1}},"b":"Bwg=","d":"2024-05-01T00:00:00.000Z","n":10}',
    ],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, names)).toEqual(value);
  });

  it('gives a value that went in as it was, uncopied', () => {
    expect(evaluate('api.output', names)).toBe(names.api.output);
  });

  it.each([
    ['duration("90m")', '5400s'],
    ['[duration("1s"), {"a": api.?none}]', ['1s', { a: null }]],
    ['api.?output.?rows[0].x', 1],
    ['api.?none', null],
    ['timestamp("2024-05-01T00:00:00Z")', new Date('2024-05-01T00:00:00Z')],
    ['[[3.5].first()].map(x, x)', [3.5]],
  ])('%s leaves as plain data', (text, value) => {
    const result = evaluate(text, names);
    expect(result).toEqual(value);
    expect(structuredClone(result)).toEqual(value);
  });
});

describe('what is out of reach', () => {
  class Counter {
    total = 1;
    add() {
      return this.total;
    }
  }
  const dangerous = { ...names, item: new Counter(), own: { run: () => 1, ok: 1 }, text: 'abc' };

  it.each([
    'api.constructor',
    'api.__proto__',
    'api["__proto__"]',
    'api["constructor"]["constructor"]',
    'api.toString',
    'api.hasOwnProperty',
    'item.add',
    'item.constructor',
    'own.run',
    'own["run"]',
    'xs.length',
    'xs["length"]',
    'xs["map"]',
    'text.length',
    'map.size',
    'map.get',
    'date.getTime',
    'bytes.buffer',
    'count.toFixed',
    'set.has',
    'api.output.rows.__proto__',
  ])('%s is no field', (text) => {
    expect(failureOf(() => evaluate(text, dangerous))).toMatchObject({ code: 'FLOW_EXPRESSION_FAILED' });
    expect(evaluate(`has(${text})`, dangerous)).toBe(false);
  });

  it.each(['constructor', 'toString', 'globalThis', 'process', 'hasOwnProperty', 'this', 'undefined'])(
    '%s is no name',
    (text) => {
      expect(failureOf(() => evaluate(text, dangerous))).toMatchObject({
        code: 'FLOW_EXPRESSION_FAILED',
        message: expect.stringContaining(`"${text}"`),
      });
    },
  );

  it.each([
    'api.constructor.constructor("return process")()',
    'api.constructor("x")',
    'toString()',
    'xs.push(1)',
    'text.constructor("x")',
    'own.run()',
  ])('%s is no function', (text) => {
    expect(failureOf(() => evaluate(text, dangerous)).code).toMatch(/FLOW_EXPRESSION_(TYPE|SYNTAX)/);
  });

  it('treats own fields with those names as data', () => {
    expect(evaluate('[proto.__proto__.x, proto["constructor"], proto.toString]', names)).toEqual([1, 'data', 5]);
    const made = evaluate('{"__proto__": 1}') as object;
    expect(Object.keys(made)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });

  it('refuses a name and an element that are functions', () => {
    expect(failureOf(() => evaluate('f', { f: () => 1 })).code).toBe('FLOW_EXPRESSION_FAILED');
    expect(failureOf(() => evaluate('fs.map(f, f)', { fs: [() => 1] })).code).toBe('FLOW_EXPRESSION_FAILED');
  });

  it('calls no toJSON, valueOf or toString that a value carries', () => {
    const trap = { toJSON: () => 'called', valueOf: () => 1, toString: () => 'called', a: 1 };
    expect(evaluate('json.stringify(trap)', { trap })).toBe('{"a":1}');
    expect(failureOf(() => evaluate('"" + trap', { trap })).code).toBe('FLOW_EXPRESSION_FAILED');
  });

  it('changes nothing it is given', () => {
    const input = Object.freeze([Object.freeze({ n: 2 }), Object.freeze({ n: 1 })]);
    expect(
      evaluate('[input.sortBy(x, x.n), input.reverse(), input + input, input.distinct()].map(l, size(l))', { input }),
    ).toEqual([2, 2, 4, 2]);
    expect(input).toEqual([{ n: 2 }, { n: 1 }]);
  });
});

describe('logic', () => {
  it.each([
    ['false && nothing.x', false],
    ['nothing.x == 1 && false', false],
    ['true || nothing.x == 1', true],
    ['nothing.x == 1 || true', true],
    ['xs.exists(x, nothing.x == x || x == 2)', true],
    ['xs.all(x, x != 1 && nothing.x == 1)', false],
    ['count > 2 ? "many" : nothing.x', 'many'],
    ['!(count > 2)', false],
    ['[1, [2, {"a": null}]] == [1, [2, {"a": null}]]', true],
    ['{"a": 1, "b": 2} == {"b": 2, "a": 1}', true],
    ['[1, 2] == [2, 1]', false],
    ['1 == api', false],
    ['null == api', false],
    ['"a" in api', false],
    ['"output" in api', true],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, names)).toEqual(value);
  });

  it.each([
    'nothing.x == 1 && true',
    'count && true',
    'count ? 1 : 2',
    '!nothing',
    'xs.filter(x, x)',
    'xs.all(x, nothing.x == x)',
  ])('%s fails', (text) => {
    expect(failureOf(() => evaluate(text, names)).code).toBe('FLOW_EXPRESSION_FAILED');
  });

  it('knows kinds by type()', () => {
    const kinds =
      'type(x) == int ? "int" : type(x) == string ? "string" : type(x) == list ? "list" : type(x) == null_type ? "null" : type(x)';
    const values = [1, 1.5, 'a', [1], null, { a: 1 }, true, new Uint8Array(1), new Date(0)];
    const found = values.map((x) => evaluate(kinds, { x }));
    expect(found).toEqual(['int', 'number', 'string', 'list', 'null', 'map', 'bool', 'bytes', 'timestamp']);
  });

  it('prefers a macro variable called as a type or a namespace', () => {
    expect(evaluate('["string"].map(string, type("x") == string)')).toEqual([true]);
    expect(evaluate('[["b", "a"]].map(lists, lists.sort())')).toEqual([['a', 'b']]);
  });
});
