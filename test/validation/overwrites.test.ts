import { describe, expect, it } from 'vitest';
import { FlowValidationError } from '#src/errors/flow-error.js';
import { parseWorkflow } from '#src/workflow.js';

const sink = (id: string, path = 'out/a.json', more = '') => `<sink:file id="${id}" input="1" path="${path}" ${more}/>`;
const inLoop = (body: string, more = '') => `<foreach id="each" items="[1, 2]" ${more}>${body}</foreach>`;

/** Code and message of each fault. */
function faultsOf(body: string): readonly string[] {
  try {
    parseWorkflow(`<workflow name="w">\n${body}\n</workflow>`, { file: 'flow.xml' });
    return [];
  } catch (error) {
    if (!(error instanceof FlowValidationError)) throw error;
    return error.faults.map(({ code, message, source, hint }) => `${code} ${source?.line}:${source?.column} ${message}: ${hint}`);
  }
}

describe('one file is written by', () => {
  it.each([
    ['two sinks', `${sink('a')}\n${sink('b')}`, 'FLOW_CONFLICT 3:1 "b" writes out/a.json, as "a" does (flow.xml:2:1)'],
    ['two ways to write a path', sink('a') + sink('b', './out//a.json'), '"b" writes out/a.json, as "a" does'],
    [
      'two branches',
      `<parallel id="p"><branch>${sink('a')}</branch><branch>${sink('b')}</branch></parallel>`,
      '"b" writes out/a.json',
    ],
    [
      'an arm and what follows',
      `<if id="i" condition="true"><then>${sink('a')}</then></if>${sink('b')}`,
      '"b" writes out/a.json',
    ],
    [
      'every item, in a branch',
      inLoop(`<parallel id="p"><branch>${sink('a')}</branch><branch/></parallel>`),
      'every iteration of "each" writes out/a.json',
    ],
    [
      'every item of a block with a condition',
      `<if id="i" condition="true"><then>${inLoop(sink('a'), 'when="true"')}</then></if>`,
      'every iteration of "each" writes out/a.json',
    ],
    [
      'every item of an inner block',
      inLoop(`<if id="i" condition="index == 0"><then><foreach id="inner" items="[1, 2]">${sink('a')}</foreach></then></if>`),
      'every iteration of "inner" writes out/a.json',
    ],
    ['every item, in single braces', inLoop(sink('a', '{item}.json')), 'writes {item}.json: Did you mean {{ item }}?'],
    [
      'every item, in braces of a node of each',
      inLoop(`<source:value id="v" value="item"/>${sink('a', '{v.output}.json')}`),
      'Did you mean {{ v.output }}?',
    ],
    ['every item, in braces of which one is of each', inLoop(sink('a', '{run.id}/{index}.json')), 'Did you mean {{ index }}?'],
    [
      'every item, in braces of what is the same for all',
      inLoop(sink('a', '{run.id}.json')),
      'writes {run.id}.json: Let the path tell them apart',
    ],
    [
      'every item, in braces of a node before the block',
      `<source:value id="v" value="1"/>${inLoop(sink('a', '{v.output}.json'))}`,
      'writes {v.output}.json: Let the path tell them apart',
    ],
    [
      'every item, in braces of what an inner block binds anew',
      inLoop(`<foreach id="inner" items="[1, 2]" maxConcurrency="1">${sink('a', '{item}.json')}</foreach>`),
      'every iteration of "each" writes {item}.json: Let the path tell them apart',
    ],
    [
      'two sinks, in braces of what is the same for both',
      sink('a', '{run.id}.json') + sink('b', '{run.id}.json'),
      '"a" does (flow.xml:2:1): Give each a file of its own',
    ],
    ['every item, in braces that name nothing', inLoop(sink('a', '{id}.json')), 'writes {id}.json: Let the path tell them apart'],
    ['every item', inLoop(sink('a')), 'FLOW_CONFLICT 2:36 every iteration of "each" writes out/a.json'],
  ])('%s: refused', (_, body, message) => {
    const faults = faultsOf(body);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
  });

  it.each([
    ['one meant to replace the other', sink('a') + sink('b', 'out/a.json', 'after="a"')],
    ['two arms', `<if id="i" condition="true"><then>${sink('a')}</then><else>${sink('b')}</else></if>`],
    ['nodes with a when', sink('a', 'a.json', 'when="run.input == 1"') + sink('b', 'a.json', 'when="run.input == 2"')],
    [
      'a sink and its fallback',
      `<sink:file id="a" input="1" path="a.json"><fallback>${sink('b', 'a.json')}</fallback></sink:file>`,
    ],
    ['a flow and its handlers', `${sink('a')}<on-error>${sink('b')}</on-error><finally>${sink('c')}</finally>`],
    ['every turn of a loop', `<loop id="l" maxIterations="2" onMax="continue">${sink('a')}</loop>`],
    ['items one after another', inLoop(sink('a'), 'maxConcurrency="1"')],
    ['one item by its when', inLoop(sink('a', 'out/head.json', 'when="index == 0"'))],
    ['one item by an arm', inLoop(`<if id="i" condition="index == 0"><then>${sink('a', 'out/head.json')}</then></if>`)],
    [
      'one item by the when of a block',
      inLoop(`<loop id="l" maxIterations="1" onMax="continue" when="index == 0">${sink('a', 'out/head.json')}</loop>`),
    ],
    [
      'items that failed',
      inLoop(
        `<sink:file id="a" input="1" path="out/{{ item }}.json"><fallback>${sink('b', 'out/fail.json')}</fallback></sink:file>`,
      ),
    ],
    [
      'two arms of different blocks',
      ['i', 'j'].map((id) => `<if id="${id}" condition="true"><then>${sink(`in-${id}`)}</then></if>`).join(''),
    ],
    ['each item, its own', inLoop(sink('a', 'out/{{ item }}.json'))],
    ['devices', sink('a', '/dev/stdout') + sink('b', '/dev/stdout')],
    ['different sinks, different files', sink('a') + sink('b', 'out/b.json')],
  ])('%s: fine', (_, body) => {
    expect(faultsOf(body)).toEqual([]);
  });
});

it('items of a flow that does one thing at a time may write one file, unless the block does several', () => {
  const flow = (more: string) => () =>
    parseWorkflow(`<workflow name="w" maxConcurrency="1">${inLoop(sink('a'), more)}</workflow>`, { file: 'flow.xml' });
  expect(flow('')).not.toThrow();
  expect(flow('maxConcurrency="2"')).toThrow('every iteration of "each" writes out/a.json');
});

it('all faults of one expression are told, each with its own column', () => {
  expect(faultsOf('<output value="nowhere.output + nosuch(gone.output) + 1.upper() + [other.output.lenght()]"/>')).toEqual([
    expect.stringMatching(/^FLOW_REFERENCE_UNKNOWN 2:16 /),
    expect.stringMatching(/^FLOW_EXPRESSION_TYPE 2:33 .*nosuch/),
    expect.stringMatching(/^FLOW_REFERENCE_UNKNOWN 2:40 /),
    expect.stringMatching(/^FLOW_EXPRESSION_TYPE 2:55 .*upper/),
    expect.stringMatching(/^FLOW_(EXPRESSION_TYPE|REFERENCE_UNKNOWN) 2:68 /),
    expect.stringMatching(/^FLOW_(EXPRESSION_TYPE|REFERENCE_UNKNOWN) 2:68 /),
  ]);
});
