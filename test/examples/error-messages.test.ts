import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FlowError, FlowValidationError } from '#src/errors/flow-error.js';
import type { RunOptions } from '#src/execution/run-options.js';
import { createEngine, parseWorkflow, stubWorkflow } from '#src/flowscript.js';
import type { Stub } from '#src/runtimes/stub/stub.js';
import { root } from './example-folder.js';

interface Provocation {
  readonly code: string;
  readonly flow: string;
  readonly options?: RunOptions;
  readonly stubs?: Readonly<Record<string, Stub>>;
}

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'flowscript-errors-'));
writeFileSync(
  join(folder, 'mods.js'),
  `export default () => ({ rows: [{ f: () => 1 }] });
export const boom = () => undefined.toFixed(2);
export const spin = () => { for (;;); };
export const leave = () => process.exit(3);
export const fill = () => { for (const all = []; ; ) all.push(new Array(1e5).fill({})); };
`,
);
const server = createServer((_, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"no such item"}');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const engine = createEngine({ maxConcurrency: 2, workerMemoryMb: 64 });
await engine.warm();
afterAll(async () => {
  await engine.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const deep = `${'<phase name="p">'.repeat(120)}<fail/>${'</phase>'.repeat(120)}`;
const call = (settings: string) => `<transform:module id="a" src="./mods.js" ${settings}/>`;
const provocations: readonly Provocation[] = [
  { code: 'FLOW_XML_MALFORMED', flow: '\n<source:value id="a" value="1">\n' },
  { code: 'FLOW_XML_UNSAFE', flow: '<!ENTITY x "y">' },
  { code: 'FLOW_LIMIT_EXCEEDED', flow: deep },
  { code: 'FLOW_ELEMENT_UNKNOWN', flow: '<transform:modul id="a" src="./a.js"/>' },
  { code: 'FLOW_ELEMENT_MISSING', flow: '<parallel id="p"/>' },
  { code: 'FLOW_SETTING_UNKNOWN', flow: '<foreach id="f" items="[1]" maxConcurency="2"><fail/></foreach>' },
  { code: 'FLOW_SETTING_MISSING', flow: '<source:http id="a"/>' },
  { code: 'FLOW_SETTING_INVALID', flow: '<source:http id="a" url="http://x.y" timeout="30"/>' },
  { code: 'FLOW_ID_DUPLICATE', flow: '<source:value id="a" value="1"/><source:value id="a" value="2"/>' },
  { code: 'FLOW_ID_INVALID', flow: '<source:value id="input" value="1"/>' },
  {
    code: 'FLOW_REFERENCE_UNKNOWN',
    flow: '<foreach id="f" items="[1]"><source:value id="a" value="1"/></foreach><output>a.output</output>',
  },
  {
    code: 'FLOW_CYCLE',
    flow: '<transform:select id="a">b.output</transform:select><transform:select id="b">a.output</transform:select>',
  },
  {
    code: 'FLOW_CONFLICT',
    flow: '<parallel id="p"><branch><set name="n" value="1"/></branch><branch><set name="n" value="2"/></branch></parallel>',
  },
  { code: 'FLOW_EXPRESSION_SYNTAX', flow: '<output>size([1]</output>' },
  { code: 'FLOW_EXPRESSION_TYPE', flow: '<output>size([1]) == "3"</output>' },
  {
    code: 'CONFIG_INVALID',
    flow: '<config><param name="top" type="number"/></config><fail/>',
    options: { config: { top: 'x' } },
  },
  { code: 'SECRET_MISSING', flow: '<secrets><secret name="API_TOKEN"/></secrets><fail/>', options: { secrets: {} } },
  { code: 'RUN_CANCELLED', flow: call('export="spin"'), options: { signal: AbortSignal.abort() } },
  { code: 'FLOW_TIMEOUT', flow: call('export="spin"'), options: { timeoutMs: 800 } },
  { code: 'FLOW_EXPRESSION_FAILED', flow: '<source:value id="a" value="{}"/><output>a.output.y</output>' },
  { code: 'FLOW_EXPRESSION_BUDGET', flow: '<output>lists.range(100000).map(x, lists.range(1000).map(y, x * y))</output>' },
  { code: 'NODE_INPUT_INVALID', flow: '<transform:sort id="a" input="run.input"/>', options: { input: {} } },
  { code: 'PARSE_FAILED', flow: '<transform:parse id="a" input="\'[1, 2]]\'"/>' },
  {
    code: 'SCHEMA_MISMATCH',
    flow: '<transform:validate id="a" input=\'{"qty": "x"}\'>{"properties": {"qty": {"type": "number"}}, "required": ["sku"]}</transform:validate>',
  },
  { code: 'PATH_UNSAFE', flow: '<source:file id="a" path="data/{{ run.input }}"/>', options: { input: '../secret.txt' } },
  { code: 'URL_UNSAFE', flow: '<source:http id="a" url="{{ run.input }}"/>', options: { input: 'file:///etc/passwd' } },
  { code: 'FILE_UNREADABLE', flow: '<source:file id="a" path="orders.csv"/>' },
  { code: 'FILE_UNWRITABLE', flow: '<sink:file id="a" input="1" path="mods.js/x.json"/>' },
  { code: 'HTTP_STATUS', flow: `<source:http id="a" url="${origin}/items/7"/>` },
  { code: 'HTTP_FAILED', flow: '<source:http id="a" url="http://127.0.0.1:9/"/>' },
  { code: 'NODE_FAILED', flow: call('export="boom"') },
  { code: 'NODE_TIMEOUT', flow: call('export="spin" timeout="100ms"') },
  { code: 'MODULE_NOT_FOUND', flow: call('export="boum"') },
  { code: 'VALUE_NOT_CLONEABLE', flow: call('') },
  {
    code: 'TOLERATED_FAILURES_EXCEEDED',
    flow: '<foreach id="f" items="[1, 2, 3, 4]" toleratedFailures="25%" onError="finish" batch="2" maxConcurrency="1"><fail/></foreach>',
  },
  { code: 'JOIN_UNREACHABLE', flow: '<parallel id="p" join="any"><branch><fail/></branch><branch><fail/></branch></parallel>' },
  { code: 'LOOP_LIMIT', flow: '<loop id="l" maxIterations="3"><source:value id="a" value="index"/></loop>' },
  { code: 'CHAOS', flow: '<source:value id="a" value="1"/>', options: { chaos: { rate: 1, kinds: ['throw'] } } },
  {
    code: 'STUB_MISSING',
    flow: '<foreach id="f" items="[1, 2]"><source:value id="a" value="1"/></foreach>',
    stubs: { a: { outputs: [1] } },
  },
  { code: 'WORKER_EXITED', flow: call('export="leave"') },
  { code: 'WORKER_OUT_OF_MEMORY', flow: call('export="fill"') },
];

it.each(provocations)('docs/errors.md shows $code as it comes', async ({ code, flow, options, stubs = {} }) => {
  const { message, hint, ...error } = await provoke(flow, options, stubs);

  expect({ ...error, code: error.code, message }).toMatchObject({ code });
  const [, shown = '', help] = /```text\nerror\[\w+\] (.+)(?:\n {2}help: (.+))?/.exec(sectionOf(code)) ?? [];
  expect(message.replaceAll(origin, 'http://127.0.0.1:8080').replaceAll(`${folder}/`, '')).toMatch(pattern(shown));
  if (help !== undefined) expect(hint).toMatch(pattern(help));
});

async function provoke(body: string, options: RunOptions = {}, stubs: Provocation['stubs'] = {}): Promise<FlowError> {
  const start = body.startsWith('<!') ? body : '';
  const flow = `${start}<workflow name="w">${body.slice(start.length)}</workflow>`;
  try {
    const { error } = await engine.run(stubWorkflow(parseWorkflow(flow, { file: join(folder, 'flow.xml') }), stubs), options);
    return error ?? new FlowError('FLOW_INVALID', 'nothing went wrong');
  } catch (error) {
    if (error instanceof FlowValidationError) return error.faults[0] ?? error;
    if (error instanceof FlowError) return error;
    throw error;
  }
}

function sectionOf(code: string): string {
  return page.split(/^### /m).find((section) => section.startsWith(`${code}\n`)) ?? '';
}

/** `…` stands for anything, and so do places in a file. */
function pattern(shown: string): RegExp {
  const parts = shown
    .replace(/^TypeError: /, '')
    .replace(/\d+:\d+/g, '…')
    .split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`);
}
