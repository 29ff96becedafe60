import { describe, expect, test } from 'vitest';
import { FlowValidationError, parseWorkflow } from '#src/index.js';

const repeat = (n: number, piece: (index: number) => string): string =>
  Array.from({ length: n }, (_, index) => piece(index)).join('');
const value = (id: string, text: string): string => `<source:value id="${id}"><value>${text}</value></source:value>`;
const nodes = (n: number): string => repeat(n, (i) => value(`n${i}`, '1'));

function check(body: string): { readonly cpuMs: number; readonly faults: FlowValidationError['faults'] } {
  const start = process.cpuUsage();
  const faults = faultsOf(`<workflow name="w">${body}</workflow>`);
  const { user, system } = process.cpuUsage(start);
  return { cpuMs: (user + system) / 1000, faults };
}

function faultsOf(text: string): FlowValidationError['faults'] {
  try {
    parseWorkflow(text);
    return [];
  } catch (error) {
    if (error instanceof FlowValidationError) return error.faults;
    throw error;
  }
}

/** Each took a minute or more, or would, if any step went with the square of its length. */
describe('a flow made to be slow to check is not', () => {
  const long = 'q'.repeat(500_000);
  test.each([
    ['unknown references to many nodes', () => repeat(3_000, (i) => value(`node${i}`, `nodde${i}x.output`))],
    ['unknown names in after', () => repeat(3_000, (i) => `<source:value id="node${i}" value="1" after="nodde${i}x"/>`)],
    [
      'one after with many unknown names',
      () => `${nodes(3_000)}<source:value id="z" value="1" after="${repeat(3_000, (i) => `m${i}x `)}"/>`,
    ],
    ['one expression with many unknown names', () => nodes(3_000) + value('z', `[${repeat(3_000, (i) => `m${i}x, `)}1]`)],
    [
      'many references in few expressions',
      () => nodes(3_000) + repeat(30, (i) => value(`z${i}`, `[${repeat(3_000, (j) => `n${j}.output, `)}1]`)),
    ],
    [
      'a template of many expressions',
      () => `<transform:template id="t">${repeat(20_000, () => '{{ run.id }} ')}</transform:template>`,
    ],
    [
      'an id of half a million letters, misspelt',
      () => `${value(long, '1')}${value('b', `${long}x.output`)}<source:value id="c" value="1" after="${long}x"/>`,
    ],
    ['many computed references', () => repeat(700, (i) => value(`n${i}`, i === 0 ? '1' : 'nodes[run.input].output'))],
    ['one long cycle', () => repeat(20_000, (i) => value(`n${i}`, `n${(i + 1) % 20_000}.output`))],
    ['many writes and reads of one variable', () => repeat(5_000, (i) => `<set name="x" value="1"/>${value(`n${i}`, 'vars.x')}`)],
  ])('%s', { timeout: 120_000 }, (_name, body) => {
    const { cpuMs, faults } = check(body());
    expect(cpuMs).toBeLessThan(20_000);
    expect(faults.length).toBeLessThan(2_100);
  });

  test('where computed references read too much for any memory, it is told', { timeout: 120_000 }, () => {
    const { faults } = check(repeat(1_200, (i) => value(`n${i}`, i === 0 ? '1' : 'nodes[run.input].output')));
    expect(faults.map(({ code, hint }) => [code, hint])).toEqual([
      ['FLOW_LIMIT_EXCEEDED', 'A computed nodes[…] reads every node before it: name the nodes, or gather them in a <foreach>.'],
    ]);
  });
});

test.each([
  ['an id', `<source:value id="${'q'.repeat(50_000)}!" value="1"/>`],
  ['an element', `<${'q'.repeat(50_000)}/>`],
  ['an attribute', `<source:value id="a" ${'q'.repeat(50_000)}="1" value="1"/>`],
  ['a reference', value('a', 'q'.repeat(50_000))],
  ['a function', value('a', `${'q'.repeat(50_000)}(1)`)],
  ['a default', `<config><param name="a" type="number" default="${'q'.repeat(50_000)}"/></config>`],
  ['a cycle', value('q'.repeat(50_000), 'b.output') + value('b', `${'q'.repeat(50_000)}.output`)],
])('%s of 50,000 letters is quoted in short', (_name, body) => {
  const { faults } = check(body);
  expect(faults.length).toBeGreaterThan(0);
  for (const { message, hint = '' } of faults) expect(message.length + hint.length).toBeLessThan(2_000);
});
