import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { renderOutput } from '#src/cli/write-output.js';
import { type ExecutionMode, FlowError, parseWorkflow } from '#src/index.js';
import { hashValue } from '#src/keys/hash-value.js';
import { expectFlowError } from '../faults.js';
import { holders, oddities } from '../fixtures/kit.mjs';
import { expectThat, type Kind } from '../kind.js';
import { engineOf, fixtureFolder } from '../room.js';

interface Case {
  readonly name: string;
  readonly holder: string;
  readonly thrown: boolean;
  readonly readers: readonly string[];
}

const kit = (id: string, name: string, rest = ''): string =>
  `<transform:module id="${id}" src="./kit.mjs" export="${name}" input="made.output" ${rest}/>`;
const select = (expression: string): string =>
  `<transform:select id="read" input="made.output"><![CDATA[${expression}]]></transform:select>`;

/** Everything that can look at a value, as the node `read`. */
const readers: readonly string[] = [
  ...['echo', 'look', 'pass'].map((name) => kit('read', name)),
  '<transform:module id="read" src="./kit.mjs" export="echo" input="[made.output, 1, made.output]"><option name="x">{{ made.output }}</option></transform:module>',
  ...[
    'input',
    'input.value',
    'input[1]',
    'input == made.output',
    'input < made.output',
    'json.stringify(input)',
    'string(input)',
    'size(input)',
    'type(input) == map',
    'input in [input]',
    '[input, input].distinct()',
    '[input, 1, "a"].sort()',
    'has(input.value) ? input.value : input',
    'input.map(x, x)',
    'input.?value.orValue(0)',
    'input + input',
    '{"a": input, "__proto__": input}',
    '"" + input',
    'input.toString',
    'input.constructor',
    'math.round(input)',
    'input ? 1 : 2',
    'input.value + 1',
    'input.filter(x, x == input)',
    '[input].flatten()',
    'timestamp(input)',
    'duration(input)',
  ].map(select),
  ...['json', 'ndjson', 'csv', 'lines', 'text'].map(
    (format) => `<transform:stringify id="read" input="made.output" format="${format}"/>`,
  ),
  ...['json', 'ndjson', 'csv', 'lines'].map((format) => `<transform:parse id="read" input="made.output" format="${format}"/>`),
  '<transform:hash id="read" input="made.output"/>',
  '<transform:compress id="read" input="made.output"/>',
  '<transform:decompress id="read" input="made.output"/>',
  '<transform:map id="read" input="made.output" expression="item"/>',
  '<transform:filter id="read" input="made.output" expression="item == item"/>',
  '<transform:sort id="read" input="[made.output, made.output, 1]" key="item"/>',
  '<transform:group id="read" input="[made.output, made.output, 1]" key="item"/>',
  '<transform:reduce id="read" input="[made.output, 1]" initial="made.output">acc</transform:reduce>',
  '<transform:template id="read">{{ made.output }}!</transform:template>',
  `<transform:validate id="read" input="made.output" schema='{"type": ["object", "array"], "uniqueItems": true, "required": ["value"], "enum": [1, {"a": 1}]}'/>`,
  '<sink:log id="read" message="{{ made.output }}"/>',
  '<sink:file id="read" input="made.output" path="out/odd"/>',
  '<sink:file id="read" input="1" path="out/{{ made.output }}"/>',
  '<source:file id="read" path="data/{{ made.output }}"/>',
  '<fail id="read" code="NO" message="{{ made.output }}"/>',
  '<foreach id="read" items="made.output" onError="continue"><transform:module id="inner" src="./kit.mjs" export="echo" input="item"/></foreach>',
  '<foreach id="read" items="[1, made.output, made.output]"><transform:module id="inner" src="./kit.mjs" export="echo" input="item"/></foreach>',
  '<foreach id="read" items="lists.range(3)"><set name="v" value="made.output"/><transform:select id="inner">[vars.v, index]</transform:select></foreach>',
  `<parallel id="read" merge="object" conflict="list"><branch name="__proto__">${kit('left', 'echo')}<set name="v" value="left.output"/></branch><branch name="b">${kit('right', 'look')}<set name="v" value="1"/></branch></parallel>`,
  `<parallel id="read" merge="branches"><branch>${kit('left', 'pass')}</branch><branch>${kit('right', 'pass')}</branch></parallel>`,
  '<parallel id="read" merge="concat"><branch><transform:select id="left">made.output</transform:select></branch></parallel>',
  `<if id="read" condition="made.output"><then>${kit('inner', 'echo')}</then></if>`,
  `<loop id="read" maxIterations="2" onMax="continue"><set name="v" value="made.output"/>${kit('inner', 'echo', 'x="{{ vars.v }}"')}</loop>`,
  `<branch id="read" input="made.output"><match when="input == 1">${kit('inner', 'echo')}</match><otherwise>${kit('other', 'look')}</otherwise></branch>`,
];

const fallback =
  '<fallback><transform:select id="fallen">[error.message, error.?value, error.?cause]</transform:select></fallback>';

function flowOf({ name, holder, thrown, readers }: Case): string {
  const made = `<transform:module id="made" src="./kit.mjs" export="${thrown ? 'throwOdd' : 'odd'}" input="1" name="${name}" holder="${holder}">${thrown ? fallback : ''}</transform:module>`;
  const [first = ''] = readers;
  const second = readers[1] === undefined ? '' : again(readers[1]);
  const last = readers[1] === undefined ? 'read' : 'readAgain';
  return `<workflow name="odd">${made}\n${first}\n${second}\n<output>[made.output, ${last}.output]</output></workflow>`;
}

/** The same reader beside itself, in its turn: of two that fail at one time either may be told. */
function again(reader: string): string {
  const renamed = reader
    .replaceAll(/id="(read|inner|left|right|other)"/g, 'id="$1Again"')
    .replaceAll('left.output', 'leftAgain.output');
  return renamed.replace('id="readAgain"', 'id="readAgain" after="read"');
}

interface Outcome {
  readonly status: string;
  readonly code: string | undefined;
  readonly nodeId?: string | undefined;
  readonly message?: string | undefined;
  readonly output: unknown;
}

async function outcomeOf(text: string, mode: ExecutionMode): Promise<Outcome> {
  const workflow = parseWorkflow(text, { file: join(fixtureFolder(), 'flow.xml') });
  const { status, error, output } = await engineOf(mode).run(workflow, { env: {} });
  if (status !== 'completed') expectFlowError(error, text);
  // Which side of a border finds that a value is too deep depends on the stack of its thread.
  if (error !== undefined && /nested .*too deep/.test(error.message)) return { status, code: error.code, output };
  return { status, code: error?.code, nodeId: error?.nodeId, message: error?.message, output };
}

/** What a function may give back or throw, handed to everything that can read it: each mode must come to the same end. */
export const oddity: Kind<Case> = {
  name: 'oddities',
  share: 5,
  cases: fc.record({
    name: fc.constantFrom(...Object.keys(oddities)),
    holder: fc.constantFrom(...Object.keys(holders)),
    thrown: fc.constantFrom(false, false, false, false, true),
    readers: fc.array(fc.constantFrom(...readers), { minLength: 1, maxLength: 2 }),
  }),
  async check(one) {
    const text = flowOf(one);
    const inline = await outcomeOf(text, 'async');
    const threads = await outcomeOf(text, 'threads');
    for (const mode of ['inline', 'threads'] as const) {
      const { code, message } = mode === 'inline' ? inline : threads;
      expectThat(
        !['WORKER_FAILED', 'WORKER_EXITED', 'WORKER_OUT_OF_MEMORY'].includes(code ?? ''),
        () => `${mode}: ${code} ${message}`,
      );
    }
    expectThat(
      isSame(inline, threads),
      () => `in threads another end:\n${inspect(inline, { depth: 4 })}\n${inspect(threads, { depth: 4 })}\n${text}`,
    );
    expectShown(inline.output);
    return inline.code ?? inline.status;
  },
};

/** Whether two nodes or iterations gave one object, or two alike, is not promised; within what one node gave it is. */
function isSame({ output: one, ...a }: Outcome, { output: other, ...b }: Outcome): boolean {
  const digest = (value: unknown) => (holdsShared(value) ? inspect(value, { depth: 10 }) : hashValue(value));
  const outputs = (output: unknown) => (Array.isArray(output) ? output : [output]).map(digest);
  return hashValue([a, outputs(one)]) === hashValue([b, outputs(other)]);
}

/** Shared memory stays one, so that what stands for it may be one object or several. */
function holdsShared(value: unknown): boolean {
  return inspect(value, { depth: 10, maxStringLength: 10 }).includes('SharedArrayBuffer');
}

/** As the command prints it. */
function expectShown(output: unknown): void {
  try {
    JSON.parse(renderOutput(output, 0));
  } catch (error) {
    expectThat(error instanceof FlowError, () => `the output cannot be shown: ${inspect(error)}`);
  }
}
