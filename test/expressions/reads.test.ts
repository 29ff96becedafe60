import { describe, expect, it } from 'vitest';
import { compileExpression, compileTemplate } from '#src/expressions/index.js';
import type { LambdaSource, SourceText } from '#src/types/source.js';

/** Reads as `root.path`, with `*` where a computed key ended the path. */
function readsOf(text: string): readonly string[] {
  return compileExpression(text).reads.map(({ root, path, computed }) => [root, ...path].join('/') + (computed ? '*' : ''));
}

describe('what an expression reads', () => {
  it.each([
    ['a.output.rows.map(r, r.x)', ['a/output/rows']],
    ['nodes["a-b"].output.x', ['nodes/a-b/output/x']],
    ['nodes[k].output', ['nodes*', 'k']],
    ['nodes[b.output.name].output + c.output', ['nodes*', 'b/output/name', 'c/output']],
    ['xs[0].y', ['xs']],
    ['xs[i].y', ['xs*', 'i']],
    ['a.output["x"].y', ['a/output/x/y']],
    ['a[\'output\']["x"]', ['a/output/x']],
    ['has(a.output.b)', ['a/output/b']],
    ['has(nodes["a-b"].output.x)', ['nodes/a-b/output/x']],
    ['a.?output.?b', ['a/output/b']],
    ['a[?"output"].b', ['a/output/b']],
    ['a.?output.rows.orValue([])', ['a/output/rows']],
    ['a.filter(b, b.ok && c.ok)', ['a', 'c/ok']],
    ['a.all(x, x.exists(y, x.n == y.n && z))', ['a', 'z']],
    ['a.exists_one(x, x == y)', ['a', 'y']],
    ['a.map(x, x > 1, x * k)', ['a', 'k']],
    ['a.sortBy(x, x.n + k)', ['a', 'k']],
    ['cel.bind(v, a.b, v.c + d.e)', ['a/b', 'd/e']],
    ['a.?b.optMap(v, v.c + w)', ['a/b', 'w']],
    ['a.map(a, a.x)', ['a']],
    ['a.map(x, x) + x', ['a', 'x']],
    ['a.b.c.d', ['a/b/c/d']],
    ['x.a.b', ['x/a/b']],
    ['{a: b.c, "d": e}', ['a', 'b/c', 'e']],
    ['{"a": 1, "b": 2}', []],
    ['{"a": 1}.a', []],
    ['math.least(a, b.c)', ['a', 'b/c']],
    ['math.output.x', ['math/output/x']],
    ['json.parse(a.text).b', ['a/text']],
    ['lists.range(n)', ['n']],
    ['optional.of(a).orValue(b)', ['a', 'b']],
    ['type(a.b) == string', ['a/b']],
    ['string != type(a)', ['a']],
    ['list.output', ['list/output']],
    ['a == string', ['a', 'string']],
    ['a.contains(b) ? c : -d', ['a', 'b', 'c', 'd']],
    ['!a || b && c in d', ['a', 'b', 'c', 'd']],
    ['(a).b', ['a/b']],
    ['(a ? b : c).d', ['a', 'b', 'c']],
    ['f.g.size() + size(h.i)', ['f/g', 'h/i']],
    ['"a.b " + c', ['c']],
    ['a. b // c.d', ['a/b']],
    [
      'run.input.n + config.top + secrets.KEY + env.HOME + vars.x',
      ['run/input/n', 'config/top', 'secrets/KEY', 'env/HOME', 'vars/x'],
    ],
  ])('%s: %j', (text, reads) => {
    expect(readsOf(text)).toEqual(reads);
  });

  it('says where, with and without braces', () => {
    expect(compileExpression('a + bb.c').reads.map(({ at }) => at)).toEqual([0, 4]);
    expect(compileExpression('  {{ a + bb.c }} ').reads.map(({ at }) => at)).toEqual([5, 9]);
    expect(compileTemplate('x {{ a }}/{{ bb.c }}').reads.map(({ root, at }) => [root, at])).toEqual([
      ['a', 5],
      ['bb', 13],
    ]);
  });

  it('leaves out what a lambda binds, unless a field has that name', () => {
    const source: SourceText = {
      text: 'item.n + a.item + index + top',
      file: 'f.xml',
      marks: [{ index: 0, line: 1, column: 1 }],
    };
    const lambda: LambdaSource = { kind: 'lambda', source, binds: ['item', 'index'] };
    expect(compileExpression(lambda).reads).toEqual([
      { root: 'a', path: ['item'], computed: false, isKept: false, at: 9 },
      { root: 'top', path: [], computed: false, isKept: false, at: 26 },
    ]);
  });
});
