import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readModuleTokens } from '#src/keys/module-tokens.js';

const same: [string, string][] = [
  ['a(1, 2)', 'a ( 1 ,\n  2 ) // two'],
  ['const f = (x) => x;', '/** Doc. */\nconst f = (x) =>\n\n  x;'],
  ['x.y()', 'x\n  .y()'],
  ['#!/usr/bin/env node\nlet a', 'let a'],
  ['return 1', 'return /* one */ 1'],
  ['a\r\nb', 'a\nb'],
];

const different: [string, string][] = [
  ['return 1', 'return\n1'],
  ['throw e', 'throw /*\n*/ e'],
  ['a\n++b', 'a++\nb'],
  ['yield a', 'yield\na'],
  ['async x => 1', 'async\nx => 1'],
  ['class A { get\n x() {} }', 'class A { get x() {} }'],
  ["'a b'", "'a  b'"],
  ["'//a'", "'//b'"],
  ['`a\n b`', '`a\nb`'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
  ['`${a }//x`', '`${a}//y`'],
  ['/[/*]/.test(x) /* y */', '/[/*]/.test(z) /* y */'],
  ['a / b // c\n/ d', 'a / b // c\n/ e'],
  ['a + +b', 'a++ + b'],
  ['1', '1.0'],
];

describe('the tokens of a module', () => {
  it.each(same)('are the same in %j and %j', (a, b) => expect(readModuleTokens(a).text).toBe(readModuleTokens(b).text));
  it.each(different)('differ in %j and %j', (a, b) => expect(readModuleTokens(a).text).not.toBe(readModuleTokens(b).text));

  it('name what is imported, by text', () => {
    const { imports } = readModuleTokens(`
      import './a.js'; import b, { c } from "./b.js"; import type { D } from './d.ts';
      export * from './e.js'; export { f } from './f.js';
      await import('./g.js'); await import(\`./h.js\`); require('./i.cjs'); new Worker(new URL('./j.js', import.meta.url));
      import data from './k.json' with { type: 'json' };
      // import './no.js'
      const text = "import './no.js'"; import(name); call('./no.js'); new URL('./log.txt', import.meta.url);
    `);
    expect(imports).toEqual(
      ['a.js', 'b.js', 'd.ts', 'e.js', 'f.js', 'g.js', 'h.js', 'i.cjs', 'j.js', 'k.json'].map((name) => `./${name}`),
    );
  });

  it('hold each word, those in texts included', () => {
    const { words } = readModuleTokens("export default (input, { index, ...rest }) => rest['runId']; // branch");
    for (const word of ['index', 'runId']) expect(words.has(word)).toBe(true);
    expect(words.has('branch')).toBe(false);
  });

  it('come out of TypeScript of some size as they went in', () => {
    const source = readFileSync(new URL('../../src/keys/definitions.ts', import.meta.url), 'utf8');
    const bare = source.replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^ +/gm, '');
    expect(bare.length).toBeLessThan(source.length);
    expect(readModuleTokens(bare).text).toBe(readModuleTokens(source).text);
  });
});
