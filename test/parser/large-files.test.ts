import { describe, expect, test } from 'vitest';
import { buildAst } from '#src/parser/build-ast.js';
import { readXml } from '#src/parser/read-xml.js';
import { catalog } from './catalog.js';

/** Of the processor, which others may be busy with. */
function millisecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1000;
}

test('A flow of 10 MB and 100,000 elements is read and built in seconds', { timeout: 120_000 }, () => {
  const line = (n: number) =>
    `<transform:map id="n${n}" input="n${n - 1}.output" expression="item.value &lt; ${n} &amp;&amp; item.name != null"/>\r\n`;
  const text = `<workflow name="large">\n${Array.from({ length: 100_000 }, (_, n) => line(n + 1)).join('')}</workflow>`;
  expect(text.length).toBeGreaterThan(9_500_000);
  const taken = millisecondsOf(() => {
    const { root } = readXml(text, 'large.xml');
    if (root === undefined) throw new Error('expected a root');
    expect(buildAst(root, catalog).workflow?.nodes).toHaveLength(100_000);
  });
  expect(taken).toBeLessThan(20_000);
});

/** Each would take minutes if any step were quadratic in its length. */
describe('A file made to be slow is not', () => {
  const n = 500_000;
  test.each([
    ['tags without end', '<a '.repeat(n / 2)],
    ['tags never closed', `<a>${'<b/><c>'.repeat(n / 10)}`],
    ['closing tags of nothing', `<a>${'</b>'.repeat(n)}`],
    ['open quotes', `<a>${'<b c="'.repeat(n / 2)}`],
    ['open comments', `<a>${'<!--'.repeat(n)}`],
    ['open CDATA', `<a>${'<![CDATA['.repeat(n / 2)}`],
    ['dashes in a comment', `<!--${'-'.repeat(n)}--><a/>`],
    ['ampersands', `<a>${'&'.repeat(n)}</a>`],
    ['long references', `<a>&#${'9'.repeat(n)}</a>`],
    ['long names', `<${'a'.repeat(n)} ${'b'.repeat(n)}`],
    ['blank space', `<a${' '.repeat(n)}b${' '.repeat(n)}c/>`],
    ['attributes', `<a${Array.from({ length: n / 10 }, (_, i) => ` b${i}="c"`).join('')}/>`],
    ['comments in text', `<a>${'x<!---->'.repeat(n / 5)}</a>`],
    ['line breaks', `<a>${'\r\n'.repeat(n)}</b>`],
    ['ends of CDATA', `<a>${']]>'.repeat(n)}</a>`],
    ['unknown elements', `<workflow name="w">${'<transfrom:mpa/>'.repeat(n / 10)}</workflow>`],
    ['nodes without ids', `<workflow name="w">${'<source:value/>'.repeat(n / 10)}</workflow>`],
    ['one id for all', `<workflow name="w">${'<source:value id="a" value="1"/>'.repeat(n / 20)}</workflow>`],
    [
      'unknown attributes',
      `<workflow name="w"><source:value${Array.from({ length: n / 20 }, (_, i) => ` vlaue${i}="c"`).join('')}/></workflow>`,
    ],
  ])('%s', (_name, text) => {
    const taken = millisecondsOf(() => {
      const { root, faults } = readXml(text, 'slow.xml');
      const built = root === undefined ? faults : buildAst(root, catalog).faults;
      expect(built.length).toBeGreaterThan(0);
      expect(built.length).toBeLessThanOrEqual(1_001);
    });
    expect(taken).toBeLessThan(10_000);
  });
});
