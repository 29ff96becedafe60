import { describe, expect, test } from 'vitest';
import { locate } from '#src/errors/locate.js';
import { FlowValidationError, parseWorkflow } from '#src/index.js';
import { readXml } from '#src/parser/read-xml.js';
import type { XmlElement } from '#src/parser/xml-element.js';
import type { XmlLimits } from '#src/parser/xml-limits.js';
import { summary } from './build.js';

function read(text: string): XmlElement {
  const { root, faults } = readXml(text, 'flow.xml');
  if (root === undefined || faults.length > 0) throw new Error(`unexpected faults: ${faults.map(summary).join('\n')}`);
  return root;
}

function messagesOf(flow: string): string[] {
  try {
    parseWorkflow(flow);
  } catch (thrown) {
    if (thrown instanceof FlowValidationError) return thrown.faults.map(({ message }) => message);
    throw thrown;
  }
  return [];
}

/** Without the hints, which are for people. */
function faultsOf(text: string, limits: Partial<XmlLimits> = {}): string[] {
  return readXml(text, 'flow.xml', limits).faults.map(
    ({ source, code, message }) => `${source?.line}:${source?.column} ${code} ${message}`,
  );
}

const at = (line: number, column: number) => ({ file: 'flow.xml', line, column });

describe('Positions', () => {
  test('of elements, attributes, values and ends', () => {
    const root = read('<a>\n  <source:b\n\tx = "1"\n    y=\'2\' >t</source:b\n>\n</a>');
    const child = root.children[0];
    expect(root).toMatchObject({ name: 'a', at: at(1, 1), end: at(6, 5) });
    expect(child).toMatchObject({ name: 'source:b', at: at(2, 3), end: at(5, 2) });
    expect(child?.attributes).toMatchObject([
      { name: 'x', nameAt: at(3, 2), value: { text: '1', marks: [{ index: 0, line: 3, column: 7 }] } },
      { name: 'y', nameAt: at(4, 5), value: { text: '2', marks: [{ index: 0, line: 4, column: 8 }] } },
    ]);
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('with %s between lines', (_name, end) => {
    const root = read(['<a>', '<b', ' x="1"/>', '</a>'].join(end));
    expect(root.children[0]).toMatchObject({ at: at(2, 1), attributes: [{ nameAt: at(3, 2) }], end: at(3, 9) });
    expect(root.end).toEqual(at(4, 5));
  });

  test('do not count a byte order mark', () => {
    expect(read('\uFEFF<?xml version="1.0" encoding="utf-8"?><a/>').at).toEqual(at(1, 39));
  });

  test('count UTF-16 units', () => {
    expect(read('<a>😀é<b/></a>').children[0]?.at).toEqual(at(1, 7));
  });

  test('of characters after entities and line breaks', () => {
    const text = read('<a>x&lt;&#x1F600;y\r\nz<!-- c --><![CDATA[<\nw]]>&amp;</a>').text;
    if (text === undefined) throw new Error('expected text');
    expect(text.text).toBe('x<😀y\nz<\nw&');
    const places = [...text.text].map((character) => [character, locate(text, text.text.indexOf(character))]);
    expect(places).toEqual([
      ['x', at(1, 4)],
      ['<', at(1, 5)],
      ['😀', at(1, 9)],
      ['y', at(1, 18)],
      ['\n', at(1, 19)],
      ['z', at(2, 1)],
      ['<', at(1, 5)],
      ['\n', at(1, 19)],
      ['w', at(3, 1)],
      ['&', at(3, 5)],
    ]);
    expect(locate(text, text.text.lastIndexOf('<'))).toEqual(at(2, 21));
  });
});

describe('Text', () => {
  test.each<[string, string | undefined]>([
    ['<a/>', undefined],
    ['<a></a>', undefined],
    ['<a> \n\t<b/> <!-- c --> </a>', undefined],
    ['<a><![CDATA[ ]]></a>', ' '],
    ['<a> x <b>y</b> z </a>', ' x  z '],
    ['<a><?pi > " ?>x</a>', 'x'],
    ['<a>]] ></a>', ']] >'],
    ['<a>&amp;lt;&#38;amp;&#x9;</a>', '&lt;&amp;\t'],
    ['<a><![CDATA[&amp;<b>]]]]><![CDATA[>]]></a>', '&amp;<b>]]>'],
    ['<a>\r\n1\r2\n3&#13;&#10;</a>', '\n1\n2\n3\r\n'],
  ])('of %j is %j', (xml, text) => {
    expect(read(xml).text?.text).toBe(text);
  });

  test.each([
    ['a="&quot;&apos;>"', '"\'>'],
    ["a='\"'", '"'],
    ['a=" \t\r\n\nx "', '    x '],
    ['a="&#10;&#9;"', '\n\t'],
    ['a=""', ''],
  ])('of the attribute %j is %j', (attribute, text) => {
    expect(read(`<a ${attribute}/>`).attributes[0]?.value.text).toBe(text);
  });

  test('Names that objects have by nature are names like any other', () => {
    const root = read('<__proto__ constructor="1" hasOwnProperty="2"><constructor/><toString>x</toString></__proto__>');
    expect(root.name).toBe('__proto__');
    expect(root.attributes.map(({ name }) => name)).toEqual(['constructor', 'hasOwnProperty']);
    expect(root.children.map(({ name }) => name)).toEqual(['constructor', 'toString']);
  });

  test('Processing instructions with quotes and brackets are skipped', () => {
    expect(read("<?a it's <x> ?><a><?b \"?><b/></a><?c '?>").children).toHaveLength(1);
  });

  test('What only editors read is left out', () => {
    const root = read(
      '<a xmlns="urn:flowscript:1" xmlns:source="urn:flowscript:source" xmlns:xsi="x" xsi:schemaLocation="y" xml:lang="en" b="1"/>',
    );
    expect(root.attributes.map(({ name }) => name)).toEqual(['b']);
  });
});

describe('Of two tags that do not pair up, where the names of all elements are known', () => {
  const names = new Set(['workflow', 'foreach', 'transform:map', 'if', 'then']);
  const stray = (name: string) => `</${name}> closes nothing: the innermost open element is <workflow> from 1:1.`;
  test.each<[string, string[]]>([
    [
      '<workflow>\n <foreahc>\n </foreach></workflow>',
      ['2:2 There is no element <foreahc>, and </foreach> at 3:2 does not close it. (Did you mean "foreach"?)'],
    ],
    [
      '<foreach><foreahc></foreach></foreach>',
      ['1:10 There is no element <foreahc>, and </foreach> at 1:19 does not close it. (Did you mean "foreach"?)'],
    ],
    [
      '<workflow><transfrom:map><if></if></transform:map></workflow>',
      [
        '1:11 There is no element <transfrom:map>, and </transform:map> at 1:35 does not close it. (Did you mean "transform:map"?)',
      ],
    ],
    [
      '<foreach></forech>',
      ['1:10 </forech> closes nothing: the innermost open element is <foreach> from 1:1. (Write </foreach>, or remove it.)'],
    ],
    ['<workflow></then></workflow>', [`1:11 ${stray('then')} (Write </workflow>, or remove it.)`]],
    ['<foreahc></foreahc>', []],
  ])('%j names the one that is misspelt', (text, faults) => {
    expect(
      readXml(text, 'flow.xml', {}, () => names).faults.map(
        ({ source, message, hint }) => `${source?.line}:${source?.column} ${message} (${hint})`,
      ),
    ).toEqual(faults);
  });

  const misspelt = (opening: string, closing: string) =>
    `There is no element <${opening}>, and </${closing}> at 1:X does not close it.`;
  test.each<[string, string[]]>([
    ['<foreahc id="f" items="[1]"></foreach>', [misspelt('foreahc', 'foreach')]],
    ['<transform:module id="m" src="m.js"><opton name="a">b</option></transform:module>', [misspelt('opton', 'option')]],
    ['<transform:map id="m"><expresion>item</expression></transform:map>', [misspelt('expresion', 'expression')]],
    ['<source:value id="v"><vaule>1</value></source:value>', [misspelt('vaule', 'value')]],
    ['<source:http id="h" url="http://x"><haeder name="a">b</header></source:http>', [misspelt('haeder', 'header')]],
    ['<retry><dealy>1s</delay></retry>', [misspelt('dealy', 'delay')]],
    ['<if id="i" condition="true"><then><when>true</then></if>', ['<when> is not closed before </then> at 1:X.']],
  ])('a flow has the names of its elements and of settings: %j', (body, messages) => {
    const told = messagesOf(`<workflow name="w">${body}</workflow>`);
    expect(told.map((message) => message.replace(/ 1:\d+/, ' 1:X'))).toEqual(messages);
  });
});

describe('Refused', () => {
  test.each<[string, string[]]>([
    ['', ['1:1 FLOW_XML_MALFORMED The file has no root element.']],
    ['<!-- nothing -->\n', ['2:1 FLOW_XML_MALFORMED The file has no root element.']],
    ['<a>', ['1:1 FLOW_XML_MALFORMED <a> is not closed before the end of the file.']],
    ['<a><b></a>', ['1:4 FLOW_XML_MALFORMED <b> is not closed before </a> at 1:7.']],
    [
      '<a>\n<b><c></a>',
      [
        '2:1 FLOW_XML_MALFORMED <b> is not closed before </a> at 2:7.',
        '2:4 FLOW_XML_MALFORMED <c> is not closed before </a> at 2:7.',
      ],
    ],
    ['<a></b></a>', ['1:4 FLOW_XML_MALFORMED </b> closes nothing: the innermost open element is <a> from 1:1.']],
    [
      '<foreach></forech>',
      ['1:10 FLOW_XML_MALFORMED </forech> closes nothing: the innermost open element is <foreach> from 1:1.'],
    ],
    ['<a/>\n<b/>', ['2:1 FLOW_XML_MALFORMED <b> is a second root element; the first, <a>, is at 1:1.']],
    ['<a/> x', ['1:6 FLOW_XML_MALFORMED There is text outside the root element.']],
    ['<a/><![CDATA[x]]>', ['1:5 FLOW_XML_MALFORMED There is a CDATA section outside the root element.']],
    ['<a x="1" x="2"/>', ['1:10 FLOW_XML_MALFORMED <a> has the attribute "x" twice.']],
    ['<a x=1/>', ['1:4 FLOW_XML_MALFORMED In the tag <a>: the value of "x" must stand in quotes.']],
    ['<a x/>', ['1:4 FLOW_XML_MALFORMED In the tag <a>: the attribute "x" has no value.']],
    ['<a x="1"y="2"/>', ['1:9 FLOW_XML_MALFORMED In the tag <a>: there must be blank space before "y".']],
    ['<a x="1/>', ['1:4 FLOW_XML_MALFORMED In the tag <a>: the value of "x" has no closing quote.']],
    ['<a x="1>\n <b y="2"/>\n</a>', ['2:2 FLOW_XML_MALFORMED The value of "x" holds a "<".']],
    ['<a 1="x"/>', ['1:4 FLOW_XML_MALFORMED In the tag <a>: expected an attribute, ">" or "/>", found "1".']],
    ['<a/b="c"/>', ['1:3 FLOW_XML_MALFORMED In the tag <a>: expected an attribute, ">" or "/>", found "/".']],
    ['<a\u00A0b="c"/>', ['1:3 FLOW_XML_MALFORMED In the tag <a>: expected an attribute, ">" or "/>", found "\u00A0".']],
    ['<a x="1 < 2"/>', ['1:9 FLOW_XML_MALFORMED The value of "x" holds a "<".']],
    ['<a>1 < 2</a>', ['1:6 FLOW_XML_MALFORMED This "<" starts no element.']],
    [
      '<a x="a && b">c & d</a>',
      ['1:9 FLOW_XML_MALFORMED A bare "&" is not allowed.', '1:17 FLOW_XML_MALFORMED A bare "&" is not allowed.'],
    ],
    [
      '<a x="&nbsp;">&constructor;</a>',
      ['1:7 FLOW_XML_UNSAFE There is no entity "&nbsp;".', '1:15 FLOW_XML_UNSAFE There is no entity "&constructor;".'],
    ],
    [
      '<a>&#0;&#xD800;&#x110000;&#99999999999999999999;&#xFFFE;&#;&#x;</a>',
      [
        ...['1:4 &#0;', '1:8 &#xD800;', '1:16 &#x110000;', '1:26 &#99999999999999999999;', '1:49 &#xFFFE;'].map((place) =>
          place.replace(' ', ' FLOW_XML_MALFORMED The reference ').concat(' names a character that XML does not allow.'),
        ),
        '1:57 FLOW_XML_MALFORMED A bare "&" is not allowed.',
        '1:60 FLOW_XML_MALFORMED A bare "&" is not allowed.',
      ],
    ],
    ['<a>]]></a>', ['1:4 FLOW_XML_MALFORMED Text must not hold "]]>" outside a CDATA section.']],
    ['<a><!-- b -- c --></a>', ['1:11 FLOW_XML_MALFORMED A comment must not hold "--".']],
    [
      '<a><!-- b --->',
      [
        '1:1 FLOW_XML_MALFORMED <a> is not closed before the end of the file.',
        '1:11 FLOW_XML_MALFORMED A comment must not hold "--".',
      ],
    ],
    ['<a><!-- b</a>', ['1:4 FLOW_XML_MALFORMED This comment is never closed.']],
    ['<a><!--></a>', ['1:4 FLOW_XML_MALFORMED This comment is never closed.']],
    ['<a><![CDATA[b</a>', ['1:4 FLOW_XML_MALFORMED This CDATA section is never closed.']],
    ['<a><?b</a>', ['1:4 FLOW_XML_MALFORMED This processing instruction is never closed.']],
    ['<a><? b?></a>', ['1:4 FLOW_XML_MALFORMED A processing instruction needs a name right after "<?".']],
    ['<a', ['1:1 FLOW_XML_MALFORMED The tag <a> has no end.']],
    ['<a></a b="1">', ['1:4 FLOW_XML_MALFORMED This closing tag is not complete.']],
    ['<a></', ['1:4 FLOW_XML_MALFORMED This closing tag is not complete.']],
    [' <?xml version="1.0"?><a/>', ['1:2 FLOW_XML_MALFORMED The XML declaration must be the first thing in the file.']],
    [
      '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
      ['1:21 FLOW_XML_MALFORMED A flow is read as UTF-8, but this one says encoding="ISO-8859-1".'],
    ],
    ['<a>\u0000\u0001</a>', ['1:4 FLOW_XML_MALFORMED The file holds a character that XML does not allow: U+0000.']],
    ['<a>\n\uD83D</a>', ['2:1 FLOW_XML_MALFORMED The file holds a character that XML does not allow: U+D83D.']],
    [
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      ['1:1 FLOW_XML_UNSAFE A flow must not have a DOCTYPE or any other "<!" declaration.'],
    ],
    [
      '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      ['1:1 FLOW_XML_UNSAFE A flow must not have a DOCTYPE or any other "<!" declaration.'],
    ],
    ['<a><!ENTITY b "c"></a>', ['1:4 FLOW_XML_UNSAFE A flow must not have a DOCTYPE or any other "<!" declaration.']],
  ])('%j', (xml, expected) => {
    expect(readXml(xml, 'flow.xml').root).toBeUndefined();
    expect(faultsOf(xml)).toEqual(expected);
  });

  test('a namespace that is not ours, though the elements are read', () => {
    const { root, faults } = readXml('<a xmlns="urn:flow">\n<b xmlns:sink="urn:flowscript:1"/></a>', 'flow.xml');
    expect(root?.children).toHaveLength(1);
    expect(faults.map(summary)).toEqual([
      '1:11 FLOW_SETTING_INVALID xmlns must be "urn:flowscript:1", found "urn:flow". (Write xmlns="urn:flowscript:1", or leave it out.)',
      '2:16 FLOW_SETTING_INVALID xmlns:sink must be "urn:flowscript:sink", found "urn:flowscript:1". (Write xmlns:sink="urn:flowscript:sink", or leave it out.)',
    ]);
  });
});

describe('Limits', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);

  test('of depth', () => {
    expect(faultsOf(nested(100))).toEqual([]);
    expect(faultsOf(nested(101))).toEqual(['1:301 FLOW_LIMIT_EXCEEDED Elements are nested more than 100 deep.']);
    expect(faultsOf(nested(1_000), { depth: 1_000 })).toEqual([]);
    expect(faultsOf(nested(20_000), { depth: 100_000 })).toEqual([
      '1:3001 FLOW_LIMIT_EXCEEDED Elements are nested more than 1000 deep.',
    ]);
  });

  test('of elements', () => {
    expect(faultsOf('<a><b/><b/></a>', { elements: 3 })).toEqual([]);
    expect(faultsOf('<a><b/>\n<b/></a>', { elements: 2 })).toEqual([
      '2:1 FLOW_LIMIT_EXCEEDED The file has more than 2 elements.',
    ]);
    expect(faultsOf(`<a>${'<b/>'.repeat(199_999)}</a>`)).toEqual([]);
    expect(faultsOf(`<a>${'<b/>'.repeat(200_000)}</a>`)).toEqual([
      '1:800000 FLOW_LIMIT_EXCEEDED The file has more than 200000 elements.',
    ]);
  });

  test('of size, in bytes', () => {
    expect(faultsOf('<a>éé</a>', { sizeBytes: 11 })).toEqual([]);
    expect(faultsOf('<a>éé</a>', { sizeBytes: 10 })).toEqual([
      '1:1 FLOW_LIMIT_EXCEEDED The file has 11 bytes; at most 10 are allowed.',
    ]);
    const blank = ' '.repeat(16 * 1024 * 1024 - 4);
    expect(faultsOf(`<a/>${blank}`)).toEqual([]);
    expect(faultsOf(`<a/>${blank} `)).toEqual([
      '1:1 FLOW_LIMIT_EXCEEDED The file has 16777217 bytes; at most 16777216 are allowed.',
    ]);
  });
});
