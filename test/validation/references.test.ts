import { describe, expect, it } from 'vitest';
import { FlowValidationError, parseWorkflow } from '#src/index.js';

const select = (id: string, expression: string) => `<transform:select id="${id}">${expression}</transform:select>`;

/** Faults of a flow as `code: message`, none for a good one. */
function faultsOf(body: string): string[] {
  try {
    parseWorkflow(`<workflow name="w">${body}</workflow>`);
    return [];
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    return error.faults.map(({ code, message }) => `${code}: ${message}`);
  }
}

const parallel = (...bodies: string[]) =>
  `<parallel id="p">${bodies.map((body) => `<branch>${body}</branch>`).join('')}</parallel>`;
const foreach = (body: string, more = '') => `<foreach id="f" items="[1]" ${more}>${body}</foreach>`;

describe('a reference is good', () => {
  it.each([
    ['to a node that stands later, at the top', select('b', 'a.output') + select('a', '1')],
    ['out of a branch', select('a', '1') + parallel(select('b', 'a.output'))],
    ['to a node inside a parallel, from after it', parallel(select('a', '1')) + select('b', 'a.output')],
    [
      'to a node inside an if, from after it',
      `<if id="i" condition="true"><then>${select('a', '1')}</then></if>${select('b', 'a.output')}`,
    ],
    ['to a node in a phase', `<phase name="x">${select('a', '1')}</phase>${select('b', 'a.output')}`],
    [
      'to a node deep inside transparent blocks',
      parallel(`<if id="i" condition="true"><then>${parallel2(select('a', '1'))}</then></if>`) + select('b', 'a.output'),
    ],
    ['within one iteration', foreach(select('a', 'item') + select('b', 'a.output + index'))],
    ['to the names an iteration binds', foreach(select('a', 'doc + i'), 'item="doc" index="i"')],
    ['to names around a nested block', foreach(parallel(select('a', 'item + branch')))],
    ['to the error, in a fallback', `<fail id="x" message="m"><fallback>${select('a', 'error.message')}</fallback></fail>`],
    ['to a name that only a lambda binds', '<transform:map id="m" input="[1]" expression="item + index"/>'],
    ['to an id that is no identifier', `${select('a-b', '1')}${select('c', 'nodes["a-b"].output')}`],
    ['to what every flow has', select('a', '[run.id, run.startedAt, run.input, input]')],
    ['to a variable that is set', `<set name="x" value="1"/>${select('a', 'vars.x')}`],
    ['to a field named like a node', `${select('a', '{"b": 1}')}${select('b', 'a.output.b')}`],
    ['to a result as a whole', `${select('a', '1')}${select('b', '[a.status, a.durationMs, a.error, a.failures]')}`],
    [
      'from the handlers to everything',
      `${parallel(select('a', '1'))}<on-error>${select('h', '[a.output, error.code]')}</on-error><finally>${select('g', 'a.status')}</finally>`,
    ],
  ])('%s', (_, body) => {
    expect(faultsOf(body)).toEqual([]);
  });
});

function parallel2(body: string): string {
  return `<parallel id="p2"><branch>${body}</branch></parallel>`;
}

describe('a reference is refused', () => {
  it.each([
    ['to nothing', select('a', 'b.output'), 'nothing here is called "b"'],
    [
      'to a sibling branch',
      parallel(select('a', '1'), select('b', 'a.output')),
      'it runs in a sibling branch, which is isolated from this one',
    ],
    [
      'to the other arm of an if',
      `<if id="i" condition="true"><then>${select('a', '1')}</then><else>${select('b', 'a.output')}</else></if>`,
      'it stands in another arm of the same node',
    ],
    ['to a later node of the same body', parallel(select('a', 'b.output') + select('b', '1')), 'it runs later in the same body'],
    [
      'into a foreach',
      foreach(select('a', '1')) + select('b', 'a.output'),
      'it is visible only inside one iteration of foreach "f"',
    ],
    [
      'into a loop',
      `<loop id="l" maxIterations="1">${select('a', '1')}</loop>${select('b', 'a.output')}`,
      'it is visible only inside one iteration of loop "l"',
    ],
    [
      'from a while condition into its body',
      `<while id="w" condition="a.output" maxIterations="1">${select('a', '1')}</while>`,
      'it runs inside this while',
    ],
    [
      'into a fallback',
      `<fail id="x" message="m"><fallback>${select('a', '1')}</fallback></fail>${select('b', 'a.output')}`,
      'it is visible only inside the fallback of "x"',
    ],
    [
      'to the block around',
      parallel(select('a', 'p.output')),
      'FLOW_CYCLE: "p" cannot be read here: it is a block around this node and has no result yet: p -> a -> p',
    ],
    [
      'to itself',
      select('a', 'a.output'),
      'FLOW_CYCLE: "a" cannot be read here: it is the node itself, which would wait for itself: a -> a',
    ],
    [
      'to itself, in a body',
      foreach(select('a', 'a.output')),
      'FLOW_CYCLE: "a" cannot be read here: it is the node itself, which would wait for itself: a -> a',
    ],
    [
      'by after, to itself',
      '<transform:select id="a" after="a">1</transform:select>',
      'FLOW_CYCLE: after cannot name "a" here: it is the node itself, which would wait for itself: a -> a',
    ],
    [
      'into a handler',
      `${select('b', 'h.output')}<finally>${select('h', '1')}</finally>`,
      'it stands in <finally>, which runs when the nodes here have ended',
    ],
    ['to a field no result has', select('a', '1') + select('b', 'a.result'), 'a node\'s result has no field "result"'],
    ['to item, outside an iteration', select('a', 'item'), '"item" is known only inside <foreach> and per-element expressions'],
    ['to branch, outside a branch', select('a', 'branch'), '"branch" is known only inside a <branch> of <parallel>'],
    [
      'to the error, elsewhere',
      select('a', 'error.code'),
      '"error" is known only in <fallback>, <on-error> and the when of <retry>',
    ],
    ['to a config value nobody declared', select('a', 'config.top'), 'config.top is not declared'],
    ['to a secret nobody declared', select('a', 'secrets.KEY'), 'secrets.KEY is not declared'],
    ['to a variable nobody sets', select('a', 'vars.x'), 'vars.x is not declared'],
    ['to an environment variable not listed', select('a', 'env.HOME'), 'env.HOME is not declared'],
    ['to a part that the run lacks', select('a', 'run.name'), 'run.name is not declared'],
    [
      'to a secret, in the output',
      `<secrets><secret name="K"/></secrets>${select('a', '1')}<output value="secrets.K"/>`,
      'a secret must not reach <output>',
    ],
    [
      'by after, to nothing',
      '<transform:select id="a" after="b">1</transform:select>',
      'after names "b", which is not in this flow',
    ],
    [
      'by after, into an iteration',
      `${foreach(select('a', '1'))}<transform:select id="b" after="a">1</transform:select>`,
      'after cannot name "a" here: it is visible only inside one iteration of foreach "f"',
    ],
  ])('%s', (_, body, message) => {
    expect(faultsOf(body).join('\n')).toContain(message);
  });
});

/** Faults of a flow as `message | hint`. */
function advisedFaultsOf(body: string): string[] {
  try {
    parseWorkflow(`<workflow name="w">${body}</workflow>`);
    return [];
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    return error.faults.map(({ message, hint }) => `${message} | ${hint}`);
  }
}

/** Where the id of a node alone is not what was meant. */
const bare: readonly (readonly [string, string])[] = [
  ['a condition', '<if id="i" condition="a"><then/></if>'],
  ['a when', '<transform:select id="b" when="a">1</transform:select>'],
  ['a match', '<branch id="b"><match when="a"/></branch>'],
  ['the when of a retry', '<transform:select id="b">1<retry when="a"/></transform:select>'],
  ['the value of a <set>', '<set name="x" value="a"/>'],
  ['a path', '<sink:file id="b" path="out/{{ a }}.json"/>'],
  ['a template', '<transform:template id="b">{{ a }}</transform:template>'],
  ['an option', '<transform:module id="b" src="m.js" rows="{{ a }}"/>'],
  ['an element of a list per item', '<transform:map id="b" input="[1]" expression="item in a"/>'],
  ['a choice', select('b', 'run.input ? a : 1')],
  ['a list to go through', select('b', 'a.map(x, x.n)')],
  ['a size', select('b', 'size(a) > 0')],
  ['a first element', select('b', 'a[0]')],
  ['a comparison', select('b', '1 == a')],
];

describe('a common slip gives one fault that says what to write', () => {
  it.each([
    ['an input without .output', `${select('a', '[1]')}<transform:sort id="b" input="a"/>`, 'Did you mean a.output?'],
    ['items without .output', `${select('a', '[1]')}<foreach id="f" items="a">${select('b', 'item')}</foreach>`, 'a.output?'],
    ['an <output> without .output', `${select('a', '1')}<output>a</output>`, 'Did you mean a.output?'],
    [
      'a node named in brackets, without .output',
      `${select('a-b', '[1]')}<transform:sort id="b" input='nodes["a-b"]'/>`,
      'Did you mean nodes["a-b"].output?',
    ],
    ...bare.map(([where, body]): [string, string, string] => [
      `${where} without .output`,
      select('a', '[1]') + body,
      'a.output?',
    ]),
    [
      'a hyphenated id beside one that is its beginning',
      `${select('fetch', '1')}${select('fetch-all', '1')}${select('b', 'fetch-all.output + 1')}`,
      'Write nodes["fetch-all"].output.',
    ],
    ['a hyphenated id', `${select('fetch-all', '1')}${select('b', 'fetch-all.output + 1')}`, 'Write nodes["fetch-all"].output.'],
    ['keys without quotes', select('a', '{name: 1, total: 2}'), 'Keys need quotes: {"name": …}.'],
    ['a text without quotes', '<source:value id="a" value="hello"/>', "a text needs quotes: 'hello'."],
    ['a name of its own for an element', '<transform:map id="m" input="[1]" expression="x * 2"/>', 'The element is called item.'],
    ['a one-letter name', `${select('a', '1')}${select('b', 'x.output')}`, 'Name a node of this flow'],
  ])('%s', (_, body, hint) => {
    expect(advisedFaultsOf(body)).toEqual([expect.stringContaining(hint)]);
  });

  it.each([
    ['a whole result that is asked for', `${select('a', '1')}${select('b', '{"all": a}')}`],
    ['a list of whole results', `${select('a', '1')}${select('b', '[a, nodes["a"]].filter(n, n.status == "failed")')}`],
    ['a whole result as JSON', `${select('a', '1')}${select('b', 'cel.bind(x, a, x.status) + json.stringify(a)')}`],
    ['a field of a choice', `${select('a', '1')}${select('b', '2')}${select('c', '(run.input == 1 ? a : b).output')}`],
    ['a subtraction', `${select('a-b', '1')}${select('a', '2')}${select('c', 'a.output-a.output')}`],
  ])('%s is none', (_, body) => {
    expect(advisedFaultsOf(body)).toEqual([]);
  });
});

describe('what a setting can never use is refused before anything runs', () => {
  const condition = 'must give true or false, and this always gives';
  it.each([
    ['<transform:select id="a" when="1">1</transform:select>', `\`when\` ${condition} a number`],
    ['<transform:select id="a" when="{{ \'true\' }}">1</transform:select>', `\`when\` ${condition} a string`],
    ['<transform:select id="a">1<retry when="0"/></transform:select>', `\`retry when\` ${condition} a number`],
    ['<if id="a" condition="size(run.input)"><then/></if>', `\`condition\` ${condition} a number`],
    ['<while id="a" condition="null" maxIterations="1"><set name="x" value="1"/></while>', `\`condition\` ${condition} null`],
    ['<branch id="a"><match when="[]"/></branch>', `\`match when\` ${condition} a list`],
    ['<parallel id="a"><branch when="1"/></parallel>', `\`branch 0 when\` ${condition} a number`],
    ['<loop id="a" maxIterations="1"><break when="{}"/></loop>', `\`when\` ${condition} a map`],
    ['<transform:filter id="a" input="[1]" expression="item + \'x\'"/>', `\`expression\` ${condition} a string`],
    ['<foreach id="a" items="5"><set name="x" value="1"/></foreach>', '`items` must give a list, and this always gives a number'],
    ['<transform:sort id="a" input="{}"/>', '`input` must give a list, and this always gives a map'],
    ['<transform:hash id="a" input="[1]"/>', '`input` must give text or bytes, and this always gives a list'],
    ['<transform:decompress id="a" input="\'x\'"/>', '`input` must give bytes, and this always gives a string'],
  ])('%s', (body, message) => {
    expect(faultsOf(body)).toEqual([`FLOW_EXPRESSION_TYPE: ${message}`]);
  });

  it.each([
    '<transform:select id="a" when="run.input">1</transform:select>',
    '<if id="a" condition="run.input.?ok.orValue(true)"><then/></if>',
    '<transform:map id="a" input="run.input" expression="item"/>',
    '<transform:hash id="a" input="string(run.input)"/>',
    '<transform:hash id="a" input="duration(\'5s\')"/>',
  ])('unless it may: %s', (body) => {
    expect(faultsOf(body)).toEqual([]);
  });
});

it('refuses a flow of nothing, and none that only gives something back or ends', () => {
  expect(faultsOf('<config><param name="x" default="1"/></config>')).toEqual([
    'FLOW_ELEMENT_MISSING: <workflow> needs a node or an <output> inside.',
  ]);
  expect(faultsOf('<output value="1"/>')).toEqual([]);
  expect(faultsOf('<finally><sink:log id="a" message="x"/></finally>')).toEqual([]);
});

describe('a cycle', () => {
  it.each([
    ['by data', `${select('a', 'b.output')}${select('b', 'a.output')}`, 'a -> b -> a'],
    ['through the body of a block', `${parallel(select('a', 'c.output'))}${select('c', 'a.output')}`, 'p -> c -> p'],
    ['by after and data', `<transform:select id="a" after="b">1</transform:select>${select('b', 'a.output')}`, 'a -> b -> a'],
  ])('%s is refused with its path', (_, body, path) => {
    expect(faultsOf(body)).toEqual([expect.stringContaining(path)]);
  });
});

describe('variables', () => {
  const set = (more = '') => `<set name="x" value="1" ${more}/>`;

  it.each([
    ['two branches', parallel(set(), set()), 1],
    ['two branches, however deep', parallel(`<if id="i" condition="true"><then>${set()}</then></if>`, set()), 1],
    ['two branches with a policy', parallel(set(), set()).replace('<parallel', '<parallel conflict="last"'), 0],
    ['one branch twice', parallel(set() + set()), 0],
    ['every iteration, for itself', foreach(set()), 0],
    ['every iteration, for the flow', foreach(set('scope="workflow"')), 1],
    ['every iteration, with a policy', foreach(set('scope="workflow"'), 'conflict="list"'), 0],
  ])('written by %s', (_, body, faults) => {
    expect(faultsOf(body).filter((fault) => fault.startsWith('FLOW_CONFLICT'))).toHaveLength(faults);
  });

  it('keep their readers and writers in document order', () => {
    const { plan } = parseWorkflow(
      `<workflow name="w">${set('id="s1"')}${select('r1', 'vars.x')}${set('id="s2"')}${select('r2', 'vars.x')}</workflow>`,
    );
    expect(plan.waves).toEqual([['s1'], ['r1'], ['s2'], ['r2']]);
  });
});

describe('edges', () => {
  it('come from settings, bodies and after, to the top-level node that holds what is read', () => {
    const { plan } = parseWorkflow(`<workflow name="w">
      ${parallel(select('a', '1'))}${select('b', '2')}
      ${foreach(select('c', 'a.output + b.output'))}
      <transform:select id="d" after="f">3</transform:select>
    </workflow>`);
    const edges = plan.vertices.map(({ id, dependsOn }) => [id, dependsOn.map((edge) => `${edge.id} ${edge.reason}`)]);
    expect(edges).toEqual([
      ['p', []],
      ['b', []],
      ['f', ['p data', 'b data']],
      ['d', ['f after']],
    ]);
  });

  it('of a computed name lead to every node before', () => {
    const { plan } = parseWorkflow(
      `<workflow name="w">${select('a', '1')}${select('b', '2')}${select('c', 'nodes[run.input].output')}${select('d', '4')}</workflow>`,
    );
    expect(plan.waves).toEqual([['a', 'b', 'd'], ['c']]);
  });
});

describe('JSON that is none', () => {
  it.each([
    ['in the text', '<source:value id="a">\n  [1, x]\n</source:value>', 'the text of <source:value>: not JSON', 2, 7],
    ['cut off', '<source:value id="a">[1,\n 2,</source:value>', 'got the end of the text', 2, 4],
    ['in an attribute', `<transform:validate id="a" schema='{"type" 1}'/>`, '"schema" of <transform:validate>: not JSON', 1, 63],
  ])('is shown where it stands: %s', (_, body, message, line, column) => {
    const read = () => parseWorkflow(`<workflow name="w">${body}</workflow>`);
    const fault = { message: expect.stringContaining(message), source: expect.objectContaining({ line, column }) };
    expect(read).toThrow(expect.objectContaining({ faults: [expect.objectContaining(fault)] }));
  });
});

describe('what a node is said to read', () => {
  it.each([
    ['not what its body binds or hands on', foreach(select('a', 'item.x + b.output') + select('c', 'a.output')), ['b.output']],
    [
      'not its own input',
      '<transform:select id="f" input="b.output">[input.x, config.top]</transform:select>',
      ['b.output', 'config.top'],
    ],
    ['the input of the flow', select('f', '[input, run.id, vars.x]'), ['input', 'run.id', 'vars.x']],
  ])('is what comes from outside: %s', (_, body, reads) => {
    const head = '<config><param name="top"/></config><set name="x" value="1"/>';
    const { plan } = parseWorkflow(`<workflow name="w">${head}${select('b', '1')}${body}</workflow>`);
    expect(plan.vertices.find(({ id }) => id === 'f')?.reads).toEqual(reads);
  });
});
