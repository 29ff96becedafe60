import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { evaluate, failureOf } from './evaluating.js';

const items = Array.from({ length: 3000 }, (_, n) => ({ n, tag: `t${n % 7}` }));
const names = { items, text: 'ab'.repeat(50_000), zero: 0 };

function doubling(start: string, step: string): string {
  return `cel.bind(a, ${start}, ${`cel.bind(a, ${step}, `.repeat(40)}a${')'.repeat(41)}`;
}

describe('evaluation is bounded', () => {
  it.each([
    ['three nested macros', 'items.map(a, items.map(b, items.map(c, a.n + b.n + c.n)))'],
    ['three nested quantifiers', 'items.all(a, items.all(b, items.all(c, a.n + b.n + c.n >= 0)))'],
    ['a failure in every step', 'items.exists(a, items.exists(b, items.exists(c, c.none == 1)))'],
    ['doubled text', doubling('"0123456789abcdef"', 'a + a')],
    ['doubled lists', doubling('[1, 2]', 'a + a')],
    ['replaced text', doubling('"0123456789abcdef"', 'a.replace("", "xyzw")')],
    ['joined text', doubling('"0123456789abcdef"', '[a, a].join(a)')],
    ['JSON of JSON', doubling('"\\"\\"\\"\\"\\"\\""', 'json.stringify(a)')],
    ['a long range', 'lists.range(900000000)'],
    ['many ranges', 'lists.range(100000).map(i, lists.range(100000))'],
    ['text held many times', 'lists.range(100000).map(i, text + string(i))'],
    ['JSON written again and again', 'lists.range(100000).map(i, json.stringify(items))'],
    ['sorting again and again', 'lists.range(100000).map(i, items.sortBy(x, -x.n))'],
    ['comparing again and again', 'lists.range(100000).filter(i, items == items + [])'],
    ['searching again and again', 'lists.range(100000).filter(i, {"n": -1} in items)'],
    ['patterns over long text', 'lists.range(100000).filter(i, text.matches("([a-q][^u-z]){13}[xd]"))'],
    ['a pattern with many states', 'text.matches("(?:(?:a?){50}){20}[qr]")'],
    ['new patterns', 'lists.range(1000000).filter(i, text.matches("x{" + string(i % 500) + "}y"))'],
    ['time zones', 'lists.range(1000000).map(i, timestamp("2024-05-01T00:00:00Z").getHours("Europe/Berlin"))'],
  ])('%s', (_name, text) => {
    const start = process.cpuUsage();
    expect(failureOf(() => evaluate(text, names, { maxSteps: 5_000_000 }))).toMatchObject({
      code: 'FLOW_EXPRESSION_BUDGET',
      message: expect.stringContaining('5000000 steps'),
    });
    // Some of them would take minutes, and the others all memory.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000);
  });

  it('by 20,000,000 steps where nobody says otherwise', () => {
    expect(failureOf(() => evaluate('lists.range(900000000)', {})).message).toContain('20000000 steps');
  });

  it('refuses BigInts that grow without end', () => {
    expect(failureOf(() => evaluate(doubling('big', 'a * a'), { big: 3n })).code).toBe('FLOW_EXPRESSION_FAILED');
  });

  it('leaves room for ordinary work', () => {
    const rows = Array.from({ length: 300_000 }, (_, id) => ({ id, tag: `t${id % 7}`, score: id / 3 }));
    const ids = evaluate('rows.filter(r, r.tag == "t3" && r.score > 5).map(r, {"id": r.id})', { rows });
    expect(ids).toHaveLength(42_855);
  });

  it('counts every evaluation by itself and takes the limit given', () => {
    const text = 'lists.range(n).map(x, x)';
    expect(evaluate(text, { n: 100 }, { maxSteps: 1000 })).toHaveLength(100);
    expect(failureOf(() => evaluate(text, { n: 1000 }, { maxSteps: 1000 })).message).toContain('1000 steps');
  });

  it('is not outvoted by || and exists', () => {
    expect(failureOf(() => evaluate('size(lists.range(999)) > 0 || true', {}, { maxSteps: 100 })).code).toBe(
      'FLOW_EXPRESSION_BUDGET',
    );
    expect(failureOf(() => evaluate('[1].exists(x, size(lists.range(999)) > 0)', {}, { maxSteps: 100 })).code).toBe(
      'FLOW_EXPRESSION_BUDGET',
    );
  });
});

describe('loading', () => {
  it('loads the regular expression engine only when one is used', () => {
    const script = `
      import { createRequire } from 'node:module';
      const { compileExpression } = await import('#src/expressions/index.js');
      const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('re2js'));
      compileExpression('"a" + b').evaluate(() => 'x');
      const before = isLoaded();
      compileExpression('"a".matches("a")');
      console.log(before, isLoaded());
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([stdout.trim(), stderr]).toEqual(['false true', '']);
  });
});
