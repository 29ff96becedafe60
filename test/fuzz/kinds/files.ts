import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expectSpoken, inRoom } from '../command.js';
import type { Kind } from '../kind.js';
import { harshEdit } from '../mutations.js';

interface Case {
  /** What is wrong: the file of that name holds this. */
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly call: readonly string[];
}

const flow = (module: string): string => `<workflow name="filed" maxConcurrency="2">
  <config><param name="top" type="number" default="1"/></config><secrets><secret name="API_TOKEN"/></secrets>
  <source:file id="rows" path="rows.csv"/>
  <transform:validate id="valid" input="rows.output" schema="schema.json"/>
  <transform:module id="made" src="./${module}" input="[config.top, run.input, rows.output]"><option name="token">{{ secrets.API_TOKEN }}</option></transform:module>
  <output>[made.output, size(rows.output)]</output>
</workflow>`;

const sound: Readonly<Record<string, string>> = {
  'rows.csv': 'city,sum\nOslo,30\nRome,5\n',
  'schema.json': '{"type": "array", "items": {"type": "object", "required": ["city"]}}',
  'module.mjs': 'export default (input) => input[0];',
  'given.json': '{"a": [1, 2]}',
  'secrets.env': '# one\nAPI_TOKEN=tok-en-12345\nOTHER="a b"\n',
  'stubs.json': '{"rows": {"output": [{"city": "Bern"}]}, "made": {"error": {"code": "NO", "message": "stubbed"}, "times": 1}}',
  'flow.test.xml': `<tests><test name="one"><secret name="API_TOKEN" value="t-o-k-e-n"/><set name="top" value="2"/><stub node="rows">[]</stub><expect-output>[2, 0]</expect-output><expect>size(output) == 2</expect></test>
  <test name="two" timeout="5s"><stub node="made" error-code="NO" times="1">1</stub><expect-error code="NO" message="stub"/></test></tests>`,
  'trace.json': JSON.stringify({
    ...{ name: 'trace', schemaVersion: '1.5' },
    workflow: {
      specification: {
        tasks: [
          { id: 'a', name: 'a', parents: [], children: ['b'] },
          { id: 'b', parents: ['a'], children: [] },
        ],
      },
      execution: {
        tasks: [
          { id: 'a', runtimeInSeconds: 0.1 },
          { id: 'b', runtimeInSeconds: 2 },
        ],
      },
    },
  }),
  'plugin.mjs': 'export default (registry) => undefined;',
};

/** What is there when nothing else is said: it ends soon, whatever the module does. */
const run = ['run', 'flow.xml', '--quiet', '--secrets-file=secrets.env', '--timeout=3s', '--grace=10ms'];
const calls: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'rows.csv': [run],
  'schema.json': [run, ['validate', 'flow.xml'], ['plan', 'flow.xml']],
  'given.json': [
    [...run, '--input=@given.json'],
    ['plan', 'flow.xml', '--cache', '--input=@given.json'],
  ],
  'secrets.env': [run],
  'stubs.json': [
    [...run, '--stub=stubs.json'],
    ['plan', 'flow.xml', '--stub=stubs.json'],
  ],
  'flow.test.xml': [
    ['test', 'flow.xml'],
    ['test', 'flow.test.xml', '--json'],
    ['test', '.'],
  ],
  'trace.json': [
    ['import', 'wfformat', 'trace.json', '-o', 'out.xml'],
    ['import', 'wfformat', 'trace.json', '--scale=0.001'],
  ],
  'plugin.mjs': [
    [...run, '--plugin=./plugin.mjs'],
    ['nodes', '--plugin=./plugin.mjs'],
    ['validate', 'flow.xml', '-p', './plugin.mjs'],
  ],
};

/** Modules that nobody should write, as functions of a flow and as plugins. */
const modules: readonly string[] = [
  ...[
    '',
    ';',
    '\u0000',
    '\uFEFFexport default () => 1;',
    '#!/usr/bin/env node\nexport default () => 1;',
    'export default (',
    '{"a": 1}',
    '<x/>',
  ],
  ...[
    'export default 1;',
    'export default null;',
    'export default {};',
    'export default [];',
    'export default { run: 5 };',
    'export const run = () => 1;',
  ],
  ...[
    'export default class { constructor() { throw 1; } }',
    'export default async function* () { yield 1; }',
    'export default function* () { yield 1; }',
  ],
  ...[
    'export default { readonly: "yes", run() { return this; } };',
    'export default { handsOver: 1, readonly: true, run: (x) => x };',
  ],
  ...[
    'throw new Error("at load");',
    'throw null;',
    'throw { toString() { throw 1; } };',
    'throw Symbol("s");',
    'await new Promise(() => {});',
    'for (;;);',
  ],
  ...[
    'import "./nope.mjs";',
    'import "node:nope";',
    'import "nope-package";',
    'import "http://127.0.0.1:9/x.mjs";',
    'import "./flow.xml";',
    'import x from "./given.json";',
  ],
  ...[
    'export { default } from "./module.mjs";',
    'export { nope as default } from "./module.mjs";',
    'import * as all from "./module.mjs"; export default () => all;',
  ],
  ...[
    'module.exports = () => 1;',
    'exports.default = () => 1;',
    'require("./nope.cjs");',
    'exports.__esModule = true; exports.default = 5;',
  ],
  ...[
    'process.exit(0);',
    'process.exit(3);',
    'export default () => process.exit(0);',
    'process.exitCode = 77; export default () => 1;',
    'process.kill = null; export default () => 1;',
  ],
  ...[
    'export default new Proxy(() => 1, { get() { throw new Error("no"); } });',
    'export default new Proxy(() => 1, { apply() { throw new Error("no"); } });',
  ],
  ...[
    'export default Object.freeze(() => 1);',
    'export default () => import("./nope.mjs");',
    'export default () => new Promise(() => {});',
    'export default () => { for (;;); };',
  ],
  ...[
    'setTimeout(() => { throw new Error("late"); }); export default () => new Promise((done) => setTimeout(done, 20));',
    'Promise.reject(new Error("unseen")); export default () => 1;',
  ],
  ...[
    'export default (x: number): number => x as any;',
    'enum A { B } export default () => A.B;',
    'export default <T>(x: T) => x;',
    'declare const x: never; export default x;',
  ],
  ...[
    'Object.prototype.polluted = 1; export default () => ({});',
    'Array.prototype.extra = 1; export default () => [1];',
    'console.log = null; export default () => 1;',
  ],
  ...[
    'export default () => { const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw 1; } }); throw e; };',
    'export default () => { throw Object.assign(new Error("x"), { message: {}, stack: 5 }); };',
  ],
  ...[
    'export default (r) => r.registerNode(null);',
    'export default (r) => Object.values(r).map((f) => f());',
    'export default (r) => r.register({ type: "__proto__" });',
    'export default (r) => new r.constructor();',
  ],
  ...[
    'export default () => { console.error("\\u001B[31m" + "x".repeat(20000)); console.log("out"); };',
    'export default (_i, c) => c;',
    'export default (_i, c) => c.setVariable("__proto__", 1);',
  ],
];
const moduleNames = [
  'module.mjs',
  'module.js',
  'module.cjs',
  'module.ts',
  'module.mts',
  'module.cts',
  'module.json',
  'module.txt',
  'module',
];

const oddJson = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '',
    ' ',
    'null',
    '[',
    '[1,]',
    '{"__proto__": {"a": 1}}',
    '"\\ud800"',
    '1e999',
    '\uFEFF{}',
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    'x'.repeat(300_000),
  ),
);

const spoilt = fc.constantFrom(...Object.keys(calls)).chain((file) =>
  fc.record({
    file: fc.constant(file),
    content: fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .array(harshEdit, { minLength: 1, maxLength: 3 })
          .map((edits) => edits.reduce((text, edit) => edit(text).slice(0, 100_000), sound[file] ?? '')),
      },
      { weight: 2, arbitrary: oddJson },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
      { weight: 1, arbitrary: fc.constant(Buffer.from(`\uFEFF${sound[file]}`, 'utf16le')) },
    ),
    call: fc.constantFrom(...(calls[file] ?? [])),
  }),
);

/** What never yields cannot be stopped on the main thread. */
const yielding = modules.filter((text) => !text.includes('for (;;)'));

const writtenAs = (content: readonly string[], ...ways: (readonly string[])[]) =>
  fc.record({ file: fc.constantFrom(...moduleNames), content: fc.constantFrom(...content), call: fc.constantFrom(...ways) });
const written = fc.oneof(
  writtenAs(yielding, [...run, '--mode=async'], ['validate', 'flow.xml'], ['plan', 'flow.xml']),
  writtenAs(modules, run, [...run, '--mode=auto']),
);
const plugged = fc.record({
  file: fc.constant('plugin.mjs'),
  content: fc.constantFrom(...yielding),
  call: fc.constantFrom(...(calls['plugin.mjs'] ?? [])),
});

/** Files that an author or a user writes beside a flow, each in its turn not as it should be. */
export const files: Kind<Case> = {
  name: 'files',
  share: 1,
  cases: fc.oneof({ weight: 4, arbitrary: spoilt }, { weight: 2, arbitrary: written }, { weight: 1, arbitrary: plugged }),
  check: ({ file, content, call }) =>
    inRoom(async (folder) => {
      const module = file.startsWith('module') ? file : 'module.mjs';
      for (const [name, text] of Object.entries({ ...sound, 'flow.xml': flow(module) })) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, file), content);
      return `${call[0]} ${await expectSpoken(call, '', folder)}`;
    }),
};
