import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { buildAst } from '#src/parser/build-ast.js';
import { renderCodeFrame } from '#src/parser/code-frame.js';
import { readXml } from '#src/parser/read-xml.js';
import type { XmlElement } from '#src/parser/xml-element.js';
import type { SourcePosition } from '#src/types/source.js';
import { snippets as commonSnippets } from '../fuzz/snippets.js';
import { catalog } from './catalog.js';

const valid = `<?xml version="1.0"?>
<workflow name="w" xmlns="urn:flowscript:1">
  <!-- a comment --><config><param name="n" type="number" default="1"/></config>
  <parallel id="p" join="any"><branch name="a"><source:value id="a" value="1 &lt; 2"/></branch>
    <branch><transform:module id="m" src="./m.js" x='1'><option name="y">z</option><retry limit="2"/></transform:module></branch></parallel>
  <foreach id="f" items="[1]" item="doc"><transform:select id="s"><![CDATA[doc > 1 && doc < 5]]></transform:select></foreach>
  <if id="i" condition="true"><then><loop id="l" maxIterations="3"><break when="index &gt; 1"/></loop></then></if>
  <output>f.output</output><finally><set name="x" value="&quot;&#65;&#x42;&quot;"/></finally>
</workflow>`;

const snippets = fc.constantFrom(
  ...commonSnippets,
  ...[
    '<!ENTITY',
    '<a>',
    '</a>',
    '<b c="d">',
    '__proto__',
    'constructor',
    '<__proto__>',
    '</__proto__>',
    'xmlns',
    'xmlns:a="b"',
    '<workflow name="w">',
    '</workflow>',
    '<parallel id="p">',
    '<branch>',
    '<foreach',
    '<set name="x" value="1"/>',
    '<?xml version="1.0"?>',
  ],
);

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(snippets, fc.string({ maxLength: 4 })), { maxLength: 40 }).map((pieces) => pieces.join('')),
);

const mutated = fc
  .array(fc.record({ at: fc.nat(valid.length), cut: fc.nat(12), put: fc.oneof(fc.constant(''), snippets) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) => edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), valid));

/** Reads and builds as a caller would; throws if either breaks its word. */
function readAll(text: string): XmlElement | undefined {
  const { root, faults } = readXml(text, 'any.xml');
  const positions = [...faults];
  if (root === undefined) expect(faults.length).toBeGreaterThan(0);
  else {
    const built = buildAst(root, catalog);
    if (built.workflow === undefined) expect(built.faults.length).toBeGreaterThan(0);
    positions.push(...built.faults);
  }
  for (const { source } of positions) if (source !== undefined) expect(renderCodeFrame(text, source)).not.toBe('');
  return root;
}

describe('Whatever the text, there is an answer', () => {
  test('for a valid flow', () => {
    expect(readAll(valid)?.name).toBe('workflow');
  });

  test('for strings and heaps of markup', () => {
    fc.assert(
      fc.property(anyText, (text) => void readAll(text)),
      { numRuns: 3_000 },
    );
  });

  test('for flows with a few characters changed, and none is read that a validator refuses', () => {
    const property = fc.property(mutated, (text) => {
      const root = readAll(text);
      if (root !== undefined) expect(XMLValidator.validate(text)).toBe(true);
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  test('for every beginning of a flow', () => {
    for (let end = 0; end < valid.length; end++) expect(readAll(valid.slice(0, end))).toBeUndefined();
  });
});

interface Tree {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (Tree | string)[];
}

const name = fc.constantFrom('a', 'b-c', 'source:http', '__proto__', 'constructor', 'é.1', 'x_');
const words = fc
  .array(fc.constantFrom('x', '<', '>', '&', '"', "'", ' ', ']]>', '\n', '😀', '&amp;', '--'), { maxLength: 6 })
  .map((all) => all.join(''));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name,
    attributes: fc.dictionary(name, words, { maxKeys: 3, noNullPrototype: true }),
    content: fc.array(fc.oneof({ depthSize: 'small' }, words, tie('tree')), { maxLength: 4 }),
  }),
}));

const escapes = new Map([
  ['<', '&lt;'],
  ['>', '&#62;'],
  ['&', '&amp;'],
  ['"', '&quot;'],
  ['\n', '&#xA;'],
]);
const escapeText = (text: string) => text.replace(/[<>&"\n]/g, (character) => escapes.get(character) ?? character);

/** Writes a tree as XML, in one of several layouts. */
function write({ name: tag, attributes, content }: Tree, layout: number): string {
  const gap = [' ', '\n', '\r\n\t'][layout % 3];
  const written = Object.entries(attributes).map(
    ([key, value]) => `${gap}${key}${layout % 2 ? ' = ' : '='}"${escapeText(value)}"`,
  );
  if (content.length === 0 && layout % 2) return `<${tag}${written.join('')}${gap}/>`;
  const inside = content.map((piece) => (typeof piece === 'string' ? writeText(piece, layout) : write(piece, layout)));
  return `<${tag}${written.join('')}>${inside.join(layout % 4 ? '' : '<!-- < & -->')}</${tag}${layout % 2 ? gap : ''}>`;
}

function writeText(text: string, layout: number): string {
  return layout % 5 === 0 ? `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : escapeText(text);
}

test('What is written is read back, each element and attribute at its place', () => {
  const property = fc.property(tree, fc.nat(59), fc.constantFrom('', '\uFEFF', '<!-- é -->\r\n'), (written, layout, before) => {
    const text = before + write(written, layout);
    const { root, faults } = readXml(text, 'tree.xml');
    expect(faults).toEqual([]);
    if (root === undefined) throw new Error('expected a root');
    compare(root, written, text.replace('\uFEFF', ''));
  });
  fc.assert(property, { numRuns: 1_000 });
});

function compare(element: XmlElement, { name: tag, attributes, content }: Tree, text: string): void {
  expect(element.name).toBe(tag);
  expect(rest(text, element.at).startsWith(`<${tag}`)).toBe(true);
  expect(element.attributes.map((attribute) => [attribute.name, attribute.value.text])).toEqual(Object.entries(attributes));
  for (const attribute of element.attributes) expect(rest(text, attribute.nameAt).startsWith(attribute.name)).toBe(true);
  const inner = content.filter((piece) => typeof piece === 'string').join('');
  expect((element.text?.text ?? '').trim()).toBe(inner.trim());
  const trees = content.filter((piece) => typeof piece !== 'string');
  expect(element.children).toHaveLength(trees.length);
  for (const [index, child] of element.children.entries()) compare(child, trees[index] as Tree, text);
}

function rest(text: string, { line, column }: SourcePosition): string {
  return text
    .split(/\r\n|\r|\n/)
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
}
