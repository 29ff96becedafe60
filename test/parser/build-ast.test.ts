import { describe, expect, test } from 'vitest';
import type { NodeAST } from '#src/types/ast.js';
import { build, faultsIn, flow, summary } from './build.js';

function nodes(body: string): readonly NodeAST[] {
  return flow(`<workflow name="w">${body}</workflow>`).nodes;
}

/** The AST without positions, and with texts as plain strings. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('marks' in value && 'text' in value) return value.text;
  const entries = Object.entries(value).filter(([key, field]) => key !== 'at' && field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [key, plain(field)]));
}

const nothing = { after: [], retries: [] };
const expression = (source: string) => ({ kind: 'expression', source });
const set = (id: string) => ({ kind: 'work', type: 'set', id, ...nothing, settings: { name: 'x', value: expression('1') } });
const taken = (nodes: unknown[]) => Object.fromEntries([['then', nodes]]);
const blockDefaults = { join: { kind: 'all' }, losers: 'cancel', onError: 'fail-fast', merge: 'array', conflict: 'error' };

test('The workflow carries its own settings and declarations', () => {
  const workflow = flow(`<workflow name="w" version="1.0.0" maxConcurrency="4" timeout="5m">
    <config>
      <param name="top" type="number" default="10"/>
      <param name="tags" type="json" default='["a"]' description="Which"/>
      <param name="on" type="boolean" default="false"/>
      <param name="must"/>
      <param name="may" required="false"/>
      <param name="word" default="7"/>
    </config>
    <secrets><secret name="API_TOKEN"/></secrets>
    <env><var name="HOME"/></env>
    <output value="1 + 1"/>
    <on-error><sink:log id="oops">{{ error.message }}</sink:log></on-error>
    <finally><sink:log id="bye">bye</sink:log></finally>
  </workflow>`);
  expect(plain(workflow)).toMatchObject({
    name: 'w',
    version: '1.0.0',
    file: 'flow.xml',
    maxConcurrency: 4,
    schedule: 'ready',
    timeoutMs: 300_000,
    params: [
      { name: 'top', type: 'number', default: 10 },
      { name: 'tags', type: 'json', default: ['a'], description: 'Which' },
      { name: 'on', type: 'boolean', default: false },
      { name: 'must', type: 'string' },
      { name: 'may', type: 'string', default: null },
      { name: 'word', type: 'string', default: '7' },
    ],
    secrets: [{ name: 'API_TOKEN' }],
    env: [{ name: 'HOME' }],
    nodes: [],
    output: expression('1 + 1'),
    onError: [{ id: 'oops' }],
    finally: [{ id: 'bye' }],
  });
  expect(workflow.params[3]?.default).toBeUndefined();
});

test('A work node has the common settings beside its own, in the units of the AST', () => {
  const [node] =
    nodes(`<source:http id="a" input="x" when="y" after="b, c" timeout="2s" cost="30ms" url="https://e.org" method="POST">
    <header name="A">one</header><header name="B" value=" two "/>
    <retry limit="2" delay="1s" maxDelay="1m" when="error.code == 'HTTP_STATUS'"/><retry/>
    <fallback><source:value id="f" value="null"/></fallback>
  </source:http>`);
  expect(plain(node)).toEqual({
    kind: 'work',
    type: 'source:http',
    id: 'a',
    input: expression('x'),
    when: expression('y'),
    after: ['b', 'c'],
    timeoutMs: 2000,
    costMs: 30,
    settings: {
      url: { kind: 'template', source: 'https://e.org', guard: 'url' },
      method: 'POST',
      headers: [
        { name: 'A', value: { kind: 'template', source: 'one', guard: 'none' } },
        { name: 'B', value: { kind: 'template', source: ' two ', guard: 'none' } },
      ],
    },
    retries: [
      {
        limit: 2,
        delayMs: 1000,
        backoff: 'exponential',
        factor: 2,
        maxDelayMs: 60_000,
        jitter: 'none',
        when: expression("error.code == 'HTTP_STATUS'"),
      },
      { limit: 3, delayMs: 1000, backoff: 'exponential', factor: 2, jitter: 'none' },
    ],
    fallback: [{ kind: 'work', type: 'source:value', id: 'f', ...nothing, settings: { value: expression('null') } }],
  });
});

describe('A setting may be written', () => {
  test.each([
    ['as an attribute', '<source:value id="a" value="1 &lt; 2"/>'],
    ['as a child element', '<source:value id="a"><value>\n  1 &lt; 2\n</value></source:value>'],
    ['as a child element with CDATA', '<source:value id="a"><value><![CDATA[1 < 2]]></value></source:value>'],
    ['as the text of the node', '<source:value id="a">\n  1 &lt; 2\n</source:value>'],
    ['as the text, around a comment', '<source:value id="a">1 <!-- less -->&lt; 2</source:value>'],
    ['with its id as a child element too', '<source:value value="1 &lt; 2"><id>a</id></source:value>'],
  ])('%s', (_way, xml) => {
    expect(plain(nodes(xml))).toEqual([
      { kind: 'work', type: 'source:value', id: 'a', ...nothing, settings: { value: expression('1 < 2') } },
    ]);
  });
});

test('Blank space in the text of a template is kept, and dropped around a setting element', () => {
  const [text, message] = nodes(
    '<transform:template id="a">\n Hi \n</transform:template><sink:log id="b"><message> Hi </message></sink:log>',
  );
  expect(plain(text)).toMatchObject({ settings: { text: { source: '\n Hi \n' } } });
  expect(plain(message)).toMatchObject({ settings: { message: { source: 'Hi' } } });
});

test('A trimmed text still knows where its characters stood', () => {
  const [node] = nodes('<source:value id="a">\n  1 &lt;\n  2\n</source:value>');
  if (node?.kind !== 'work') throw new Error('expected a work node');
  expect(node.settings['value']).toMatchObject({
    source: {
      text: '1 <\n  2',
      marks: [
        { index: 0, line: 2, column: 3 },
        { index: 3, line: 2, column: 9 },
        { index: 4, line: 3, column: 1 },
      ],
    },
  });
});

test('Attributes of unknown names become options where the element is open to them', () => {
  const [node] = nodes(
    '<transform:module id="a" src="./a.js" depth="{{ config.d }}" constructor="c"><option name="src" value="s"/></transform:module>',
  );
  const template = (source: string) => ({ kind: 'template', source, guard: 'none' });
  expect(plain(node)).toMatchObject({
    settings: {
      src: './a.js',
      options: [
        { name: 'depth', value: template('{{ config.d }}') },
        { name: 'constructor', value: template('c') },
        { name: 'src', value: template('s') },
      ],
    },
  });
});

test('A lambda carries the names it sees, a path its guard', () => {
  const [map, file] = nodes('<transform:map id="a" expression="item + index"/><source:file id="b" path="in/{{ x }}.json"/>');
  expect(plain(map)).toMatchObject({
    settings: { expression: { kind: 'lambda', source: 'item + index', binds: ['item', 'index'] } },
  });
  expect(plain(file)).toMatchObject({ settings: { path: { kind: 'template', guard: 'path' } } });
});

describe('Control nodes', () => {
  const one = '<set name="x" value="1"/>';

  test.each<[string, string, object]>([
    [
      'parallel',
      `<parallel id="p" maxConcurrency="2" join="50%" onError="wait"><branch name="l" when="ok">${one}${one}</branch><branch/></parallel>`,
      {
        ...blockDefaults,
        kind: 'parallel',
        id: 'p',
        ...nothing,
        branches: [[set('$set-1'), set('$set-2')], []],
        branchConfigs: [{ name: 'l', when: expression('ok') }, {}],
        maxConcurrency: 2,
        join: { kind: 'quota', unit: 'percent', amount: 50 },
        onError: 'wait',
      },
    ],
    [
      'foreach',
      `<foreach id="f" items="xs" item="doc" toleratedFailures="5%" batch="8">${one}</foreach>`,
      {
        ...blockDefaults,
        kind: 'foreach',
        id: 'f',
        ...nothing,
        items: expression('xs'),
        item: 'doc',
        index: 'index',
        batch: 8,
        toleratedFailures: { unit: 'percent', amount: 5 },
        body: [set('$set-1')],
      },
    ],
    [
      'if',
      `<if id="i" condition="c"><then>${one}</then><else>${one}</else></if>`,
      { kind: 'if', id: 'i', ...nothing, condition: expression('c'), ...taken([set('$set-1')]), else: [set('$set-2')] },
    ],
    [
      'if without else',
      '<if id="i" condition="c"><then/></if>',
      { kind: 'if', id: 'i', ...nothing, condition: expression('c'), ...taken([]) },
    ],
    [
      'branch',
      `<branch id="b" input="x"><match when="m">${one}</match><match><when>n</when></match><otherwise>${one}</otherwise></branch>`,
      {
        kind: 'branch',
        id: 'b',
        ...nothing,
        input: expression('x'),
        matches: [
          { when: expression('m'), body: [set('$set-1')] },
          { when: expression('n'), body: [] },
        ],
        otherwise: [set('$set-2')],
      },
    ],
    [
      'loop',
      `<loop id="l" maxIterations="9" onMax="continue"><phase name="p"><if id="i" condition="c"><then><break when="d"/></then></if></phase></loop>`,
      {
        kind: 'loop',
        id: 'l',
        ...nothing,
        maxIterations: 9,
        onMax: 'continue',
        body: [
          {
            kind: 'phase',
            id: '$phase-1',
            ...nothing,
            name: 'p',
            body: [
              {
                kind: 'if',
                id: 'i',
                ...nothing,
                condition: expression('c'),
                ...taken([{ kind: 'break', id: '$break-1', ...nothing, when: expression('d') }]),
              },
            ],
          },
        ],
      },
    ],
    [
      'while',
      `<while id="w" condition="c" maxIterations="9">${one}</while>`,
      { kind: 'while', id: 'w', ...nothing, condition: expression('c'), maxIterations: 9, onMax: 'fail', body: [set('$set-1')] },
    ],
  ])('%s', (_name, xml, expected) => {
    expect(plain(nodes(xml))).toEqual([expected]);
  });

  test('may be nested, a branch in the arm of a parallel being a choice', () => {
    const [outer] = nodes('<parallel id="p"><branch><branch id="b"><match when="m"/></branch></branch></parallel>');
    expect(plain(outer)).toMatchObject({ branches: [[{ kind: 'branch', id: 'b' }]] });
  });

  test('may have retries and a fallback like any node', () => {
    const [node] = nodes(
      '<foreach id="f" items="xs"><fallback><set name="x" value="1"/></fallback><set name="x" value="1"/><retry/></foreach>',
    );
    expect(plain(node)).toMatchObject({ fallback: [set('$set-1')], body: [set('$set-2')], retries: [{ limit: 3 }] });
  });
});

test('Every AST is plain data', () => {
  const workflow = flow(
    '<workflow name="w"><parallel id="p"><branch><source:value id="a" value="1"/></branch></parallel></workflow>',
  );
  expect(structuredClone(workflow)).toEqual(workflow);
});

test('Nodes know where they stand', () => {
  const workflow = flow(
    '<workflow name="w">\r\n\t<parallel id="p">\r\n\t\t<branch><source:value id="a" value="1"/></branch></parallel></workflow>',
  );
  const [node] = workflow.nodes;
  if (node?.kind !== 'parallel') throw new Error('expected a parallel');
  expect(node.at).toEqual({ file: 'flow.xml', line: 2, column: 2 });
  expect(node.branchConfigs[0]?.at).toMatchObject({ line: 3, column: 3 });
  expect(node.branches[0]?.[0]?.at).toMatchObject({ line: 3, column: 11 });
});

describe('Faults', () => {
  const value = '<source:value id="v" value="1"/>';
  const fromPlugin =
    "Node types that are not built in come from plugins: --plugin MODULE, plugins: ['MODULE'] in the library. flowscript nodes lists those built in.";

  test.each<[string, string, string[]]>([
    [
      'an element without its prefix',
      '<http id="a" url="u"/>',
      ['2:1 FLOW_ELEMENT_UNKNOWN There is no element <http> in <workflow>. (Did you mean "source:http" or "sink:http"?)'],
    ],
    [
      'an element of the wrong category',
      '<source:map id="a" expression="item"/>',
      ['2:1 FLOW_ELEMENT_UNKNOWN There is no element <source:map> in <workflow>. (Did you mean "transform:map"?)'],
    ],
    [
      'a misspelt element, built as what it was meant to be',
      '<forech id="f" items="xs" itm="d"><sorce:value id="v"/></forech>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN There is no element <forech> in <workflow>. (Did you mean "foreach"?)',
        '2:27 FLOW_SETTING_UNKNOWN <forech> has no attribute "itm". (Did you mean "item"?)',
        '2:35 FLOW_ELEMENT_UNKNOWN There is no element <sorce:value> in <forech>. (Did you mean "source:value"?)',
        '2:35 FLOW_SETTING_MISSING <sorce:value> needs "value": it is required (Give it as the attribute value="…", or as the text of the element.)',
      ],
    ],
    [
      'elements that other tools call otherwise',
      `<branch id="b"><match when="c"/><default>${value}</default></branch><if id="i" condition="c"><then/><default/></if><switch id="s"><case on="1"/></switch><if id="o" condition="c"><then/><otherwise/></if>`,
      [
        '2:33 FLOW_ELEMENT_UNKNOWN There is no element <default> in <branch>. (Did you mean "otherwise"?)',
        '2:125 FLOW_ELEMENT_UNKNOWN There is no element <default> in <if>. (Did you mean "else"?)',
        '2:140 FLOW_ELEMENT_UNKNOWN There is no element <switch> in <workflow>. (Did you mean "branch"?)',
        '2:210 FLOW_ELEMENT_UNKNOWN <otherwise> cannot stand in <if>. (Did you mean "else"?)',
      ],
    ],
    [
      'types that other tools call otherwise, and one that is like another only in its category',
      '<transform:js id="j" src="./a.js"/><sink:lgo id="l"/><transform:xyz id="x"/>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN There is no element <transform:js> in <workflow>. (Did you mean "transform:module"?)',
        '2:36 FLOW_ELEMENT_UNKNOWN There is no element <sink:lgo> in <workflow>. (Did you mean "sink:log"?)',
        `2:54 FLOW_ELEMENT_UNKNOWN There is no element <transform:xyz> in <workflow>. (${fromPlugin})`,
      ],
    ],
    [
      'a required setting that became an option',
      '<transform:module id="a" scr="./a.js"/>',
      ['2:26 FLOW_SETTING_MISSING <transform:module> needs "src": it is required (Did you mean it by "scr"?)'],
    ],
    [
      'an element like no other, with nodes inside',
      '<gizmo><parallel id="p"/></gizmo>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN There is no element <gizmo> in <workflow>. (Nodes can stand here, and <config>, <secrets>, <env>, <output>, <on-error>, <finally>.)',
        '2:8 FLOW_ELEMENT_MISSING <parallel> needs a <branch> inside. (Add it, or remove the element.)',
      ],
    ],
    [
      'types of a plugin that was not given, though one is named as a built-in type is',
      '<acme:map id="m" size="1"/><transform:quantise id="q"/>',
      [
        `2:1 FLOW_ELEMENT_UNKNOWN There is no element <acme:map> in <workflow>. (${fromPlugin})`,
        `2:28 FLOW_ELEMENT_UNKNOWN There is no element <transform:quantise> in <workflow>. (${fromPlugin})`,
      ],
    ],
    [
      'a prototype name as element',
      '<constructor/>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN There is no element <constructor> in <workflow>. (Nodes can stand here, and <config>, <secrets>, <env>, <output>, <on-error>, <finally>.)',
      ],
    ],
    [
      'prototype names as attributes',
      '<source:value id="v" value="1" __proto__="x" constructor="y"/>',
      [
        '2:32 FLOW_SETTING_UNKNOWN <source:value> has no attribute "__proto__". (It takes: id, input, when, after, timeout, cost, value.)',
        '2:46 FLOW_SETTING_UNKNOWN <source:value> has no attribute "constructor". (It takes: id, input, when, after, timeout, cost, value.)',
      ],
    ],
    [
      'a misspelt setting, not called missing as well',
      '<source:file id="a" pth="x"/>',
      ['2:21 FLOW_SETTING_UNKNOWN <source:file> has no attribute "pth". (Did you mean "path"?)'],
    ],
    [
      'a misspelt expression, of which nobody says what it gives',
      '<foreach id="a" itms="[1]"><set name="x" value="1"/></foreach>',
      ['2:17 FLOW_SETTING_UNKNOWN <foreach> has no attribute "itms". (Did you mean "items"?)'],
    ],
    [
      'a setting that other tools call so',
      '<source:value id="a" value="1"><retry times="3"/></source:value>',
      ['2:39 FLOW_SETTING_UNKNOWN <retry> has no attribute "times". (Did you mean "limit"?)'],
    ],
    [
      'a misspelt setting element',
      '<source:http id="a" url="u"><boddy/></source:http>',
      ['2:29 FLOW_ELEMENT_UNKNOWN There is no element <boddy> in <source:http>. (Did you mean "body"?)'],
    ],
    [
      'a list given as an attribute',
      '<source:http id="a" url="u" headers="x"/>',
      [
        '2:29 FLOW_SETTING_UNKNOWN <source:http> has no attribute "headers". (Write <header name="…">value</header> inside, once for each.)',
      ],
    ],
    [
      'a list entry without a name',
      '<source:http id="a" url="u"><header>x</header></source:http>',
      [
        '2:29 FLOW_SETTING_MISSING <header> needs the attribute "name". (Write <header name="…">value</header> inside, once for each.)',
      ],
    ],
    [
      'a list entry with a value twice',
      '<source:http id="a" url="u"><header name="x" value="y">z</header></source:http>',
      [
        '2:56 FLOW_SETTING_INVALID "value" of <header> is given twice. (A setting is an attribute, a child element or the text: keep one of them.)',
      ],
    ],
    [
      'an attribute and a child element',
      '<source:file id="a" path="x">\n <path>y</path></source:file>',
      [
        '3:8 FLOW_SETTING_INVALID "path" of <source:file> is given twice. (A setting is an attribute, a child element or the text: keep one of them.)',
      ],
    ],
    [
      'an attribute and the text',
      '<source:value id="a" value="1"> 2</source:value>',
      [
        '2:33 FLOW_SETTING_INVALID "value" of <source:value> is given twice. (A setting is an attribute, a child element or the text: keep one of them.)',
      ],
    ],
    [
      'a setting element with attributes and elements',
      '<source:file id="a"><path a="1">x<b/></path></source:file>',
      [
        '2:27 FLOW_SETTING_UNKNOWN <path> has no attribute "a". (It takes no settings.)',
        '2:34 FLOW_ELEMENT_UNKNOWN <path> is a setting and holds text; <b> cannot stand in it. (Write "&lt;" for a literal "<", or use CDATA.)',
      ],
    ],
    [
      'a wrong value, at the value',
      '<source:http id="a" url="u"\n  method="GOT" timeout="soon"/>',
      [
        '3:11 FLOW_SETTING_INVALID "method" of <source:http>: expected one of GET, POST, found "GOT" (Use GET.)',
        '3:25 FLOW_SETTING_INVALID "timeout" of <source:http>: expected a duration such as 30s, found "soon"',
      ],
    ],
    [
      'text where none belongs',
      `<foreach id="f" items="xs">\n  hello ${value}</foreach>`,
      ['3:3 FLOW_SETTING_UNKNOWN <foreach> takes no text. (Remove it, or put it into the setting it is meant for.)'],
    ],
    [
      'a missing id, with a free one suggested',
      `<source:value value="1"/><source:value id="value" value="1"/>`,
      ['2:1 FLOW_SETTING_MISSING <source:value> needs an id. (Add one, such as id="value-2".)'],
    ],
    [
      'an id of the wrong form',
      '<source:value id="2 x" value="1"/>',
      [
        '2:19 FLOW_ID_INVALID "2 x" cannot be an id. (An id starts with a letter or "_", and goes on with letters, digits, "_", "." and "-".)',
      ],
    ],
    [
      'a made-up id',
      '<set id="$set-1" name="x" value="1"/>',
      [
        '2:10 FLOW_ID_INVALID "$set-1" cannot be an id. (An id starts with a letter or "_", and goes on with letters, digits, "_", "." and "-".)',
      ],
    ],
    [
      'an empty id',
      '<source:value id="" value="1"/>',
      [
        '2:19 FLOW_ID_INVALID "" cannot be an id. (An id starts with a letter or "_", and goes on with letters, digits, "_", "." and "-".)',
      ],
    ],
    [
      'a reserved id',
      '<source:value id="config" value="1"/>',
      [
        '2:19 FLOW_ID_INVALID "config" cannot be an id: expressions know it as something else. (Choose another, such as "config-node".)',
      ],
    ],
    [
      'one id twice, in different blocks',
      `<phase name="p">${value}</phase>\n<phase name="q">${value}</phase>`,
      ['3:35 FLOW_ID_DUPLICATE The id "v" is already used at 2:35. (Choose another, such as "v-2".)'],
    ],
    [
      'a name bound by foreach that is an id',
      `<foreach id="f" items="xs" item="v">${value}</foreach>`,
      ['2:34 FLOW_SETTING_INVALID item="v": a node has that id, at 2:55. (Choose another name for one of them.)'],
    ],
    [
      'a name bound by foreach that is reserved',
      `<foreach id="f" items="xs" index="run">${value}</foreach>`,
      ['2:35 FLOW_SETTING_INVALID index="run" would hide what expressions know as "run". (Choose another name.)'],
    ],
    [
      'one name bound twice',
      `<foreach id="f" items="xs" item="x" index="x">${value}</foreach>`,
      ['2:44 FLOW_SETTING_INVALID "x" is named by both item= and index=. (Give the element and its position names that differ.)'],
    ],
    [
      'a parallel without branches',
      '<parallel id="p"/>',
      ['2:1 FLOW_ELEMENT_MISSING <parallel> needs a <branch> inside. (Add it, or remove the element.)'],
    ],
    [
      'a node that is no branch in a parallel',
      `<parallel id="p"><branch/>${value}</parallel>`,
      ['2:27 FLOW_ELEMENT_UNKNOWN <source:value> cannot stand in <parallel>. (Put it into a <branch>.)'],
    ],
    [
      'two branches of one name',
      '<parallel id="p"><branch name="a"/><branch name="a"/></parallel>',
      ['2:50 FLOW_SETTING_INVALID The name "a" is already used by another <branch> of this block. (Choose another name.)'],
    ],
    [
      'a foreach without body',
      '<foreach id="f" items="xs"><retry/></foreach>',
      ['2:1 FLOW_ELEMENT_MISSING <foreach> needs a node inside. (Add it, or remove the element.)'],
    ],
    [
      'a branch without match',
      '<branch id="b"><otherwise/></branch>',
      ['2:1 FLOW_ELEMENT_MISSING <branch> needs a <match> inside. (Add it, or remove the element.)'],
    ],
    [
      'an if without then',
      `<if id="i" condition="c">${value}<else/></if>`,
      [
        '2:1 FLOW_ELEMENT_MISSING <if> needs a <then> inside. (Add it, or remove the element.)',
        '2:26 FLOW_ELEMENT_UNKNOWN <source:value> cannot stand in <if>. (Put it into <then> or <else>.)',
      ],
    ],
    [
      'two then',
      '<if id="i" condition="c"><then/><then/></if>',
      ['2:33 FLOW_ELEMENT_UNKNOWN There can be only one <then> here. (Join their contents in one.)'],
    ],
    [
      'settings and text on an element without any',
      '<if id="i" condition="c"><then x="1">text</then></if>',
      [
        '2:32 FLOW_SETTING_UNKNOWN <then> has no attribute "x". (It takes no attributes: remove it.)',
        '2:38 FLOW_SETTING_UNKNOWN <then> takes no text. (Remove it, or put it into the setting it is meant for.)',
      ],
    ],
    [
      'empty loops, phases and handlers',
      '<loop id="l" maxIterations="1"/><phase name="p"/><finally/>',
      [
        '2:1 FLOW_ELEMENT_MISSING <loop> needs a node inside. (Add it, or remove the element.)',
        '2:33 FLOW_ELEMENT_MISSING <phase> needs a node inside. (Add it, or remove the element.)',
        '2:50 FLOW_ELEMENT_MISSING <finally> needs a node inside. (Add it, or remove the element.)',
      ],
    ],
    [
      'a node in a node',
      `<source:value id="a" value="1">${value}</source:value>`,
      [
        '2:32 FLOW_ELEMENT_UNKNOWN <source:value> cannot stand in <source:value>. (<source:value> holds no nodes: put it before or after.)',
      ],
    ],
    [
      'parts away from home',
      '<else/><match when="x"/><workflow/><foreach id="f" items="xs"><output value="1"/><set name="x" value="1"/></foreach>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN <else> cannot stand in <workflow>. (It belongs in <if>.)',
        '2:8 FLOW_ELEMENT_UNKNOWN <match> cannot stand in <workflow>. (It belongs in a <branch> that is not an arm of <parallel>.)',
        '2:25 FLOW_ELEMENT_UNKNOWN <workflow> cannot stand in <workflow>. (It belongs at the root of a file, one in each.)',
        '2:63 FLOW_ELEMENT_UNKNOWN <output> cannot stand in <foreach>. (It belongs directly in <workflow>.)',
      ],
    ],
    [
      'handlers and output twice',
      '<output value="1"/><output value="2"/><on-error><set name="x" value="1"/></on-error><on-error><set name="x" value="1"/></on-error>',
      [
        '2:20 FLOW_ELEMENT_UNKNOWN There can be only one <output> here. (Join their contents in one.)',
        '2:85 FLOW_ELEMENT_UNKNOWN There can be only one <on-error> here. (Join their contents in one.)',
      ],
    ],
    [
      'a break outside a loop',
      '<break/>',
      [
        '2:1 FLOW_ELEMENT_UNKNOWN <break> can stand only inside a <loop> or <while>. (A <break> leaves the nearest <loop> or <while> around it.)',
      ],
    ],
    [
      'a break across blocks',
      '<loop id="l" maxIterations="1"><parallel id="p"><branch><break/></branch></parallel><foreach id="f" items="xs"><break/></foreach></loop>',
      [
        '2:57 FLOW_ELEMENT_UNKNOWN <break> cannot leave a loop from inside a <parallel>: its branches run side by side. (A <break> leaves the nearest <loop> or <while> around it.)',
        '2:112 FLOW_ELEMENT_UNKNOWN <break> cannot leave a loop from inside a <foreach>: its items run side by side. (A <break> leaves the nearest <loop> or <while> around it.)',
      ],
    ],
    [
      'a break in the fallback of its loop',
      '<loop id="l" maxIterations="1"><break/><fallback><break/></fallback></loop>',
      [
        '2:50 FLOW_ELEMENT_UNKNOWN <break> can stand only inside a <loop> or <while>. (A <break> leaves the nearest <loop> or <while> around it.)',
      ],
    ],
    [
      'wrong defaults',
      '<config><param name="a" type="number" default="ten"/><param name="b" type="boolean" default="yes"/><param name="a" type="json" default="{"/><param name="d" required="true" default="1"/></config>',
      [
        '2:48 FLOW_SETTING_INVALID The default of "a" must be a number, found "ten". (Mend the default, or change type="…".)',
        '2:94 FLOW_SETTING_INVALID The default of "b" must be "true" or "false", found "yes". (Mend the default, or change type="…".)',
        '2:113 FLOW_SETTING_INVALID <param name="a"> is declared twice. (Remove one of them.)',
        expect.stringMatching(
          /^2:137 FLOW_SETTING_INVALID The default of "a" must be JSON \(.*\), found "\{"/,
        ) as unknown as string,
        '2:182 FLOW_SETTING_INVALID The param "d" is required, so its default is never used. (Remove default="…", or required="true".)',
      ],
    ],
    [
      'declarations in the wrong house',
      '<config><secret name="s"/></config><secrets><scret name="s"/></secrets>',
      [
        '2:9 FLOW_ELEMENT_UNKNOWN <secret> cannot stand in <config>. (It belongs in <secrets>.)',
        '2:45 FLOW_ELEMENT_UNKNOWN There is no element <scret> in <secrets>. (Did you mean "secret"?)',
      ],
    ],
    [
      'a retry with content',
      '<source:value id="a" value="1"><retry limit="0.5"><set name="x" value="1"/></retry></source:value>',
      [
        '2:46 FLOW_SETTING_INVALID "limit" of <retry>: expected a whole number from 1, found "0.5"',
        '2:51 FLOW_ELEMENT_UNKNOWN <set> cannot stand in <retry>. (<retry> holds no nodes: put it before or after.)',
      ],
    ],
  ])('%s', (_name, body, expected) => {
    expect(faultsIn(body)).toEqual(expected);
  });

  test('are not what is only warned of: options that are probably settings', () => {
    const options = 'exprot="x" host="h" csot="1" Timeout="1s" ids="a" inputs="2" caches="3" hen="4" coat="5"';
    const xml = `<workflow name="w"><transform:module id="m" src="a.js" ${options}><option name="tmeout">1</option></transform:module></workflow>`;
    const { faults, warnings } = build(xml);
    expect(faults).toEqual([]);
    const message = (name: string) => `"${name}" is no setting of <transform:module>, so it becomes an option of that name`;
    const hint = (name: string, meant: string) =>
      `(Did you mean "${meant}"? If not, write <option name="${name}">…</option> inside.)`;
    expect(warnings.map(summary)).toEqual([
      `1:56 FLOW_SETTING_UNKNOWN ${message('exprot')} ${hint('exprot', 'export')}`,
      `1:76 FLOW_SETTING_UNKNOWN ${message('csot')} ${hint('csot', 'cost')}`,
      `1:85 FLOW_SETTING_UNKNOWN ${message('Timeout')} ${hint('Timeout', 'timeout')}`,
    ]);
  });

  test('name the node they are in', () => {
    const { faults } = build('<workflow name="w"><source:http id="api" urll="x"><retry limit="x"/></source:http></workflow>');
    expect(faults.map((fault) => fault.nodeId)).toEqual(['api', 'api']);
  });

  test.each([
    ['<workflw name="w"><parallel id="p"/></workflw>', ['FLOW_ELEMENT_UNKNOWN', 'FLOW_ELEMENT_MISSING']],
    ['<pipeline><parallel id="p"/></pipeline>', ['FLOW_ELEMENT_UNKNOWN']],
    ['<workflow/>', ['FLOW_SETTING_MISSING']],
  ])('of the root: %s', (xml, codes) => {
    const { faults } = build(xml);
    expect(faults.map((fault) => fault.code)).toEqual(codes);
    if (!xml.startsWith('<workflow/')) expect(faults[0]?.hint).toBe('Did you mean "workflow"?');
  });

  test('beyond the first thousand are counted', () => {
    const faults = faultsIn('<http/>'.repeat(5_000));
    expect(faults).toHaveLength(1_001);
    expect(faults.at(-1)).toMatch(/FLOW_LIMIT_EXCEEDED \d{4,5} more faults/);
  });
});
