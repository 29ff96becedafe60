import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineTransform } from '#src/runtimes/define-transform.js';
import { registry } from '#src/runtimes/registry.js';
import type { ModuleRuntime } from '#src/runtimes/transform/module.js';
import { createFolder, createTrace, failureOf, type RunOptions, runNode } from '../run-node.js';

let folder: Awaited<ReturnType<typeof createFolder>>;

const files = {
  'score.js': 'export default (input) => input * 2;\nexport const triple = async (input) => input * 3;\n',
  'score.mjs': 'export default (input) => input + 1;',
  'plain.cjs': 'module.exports = (input) => input + 10;',
  'named.cjs': "const o = {}; o['tri' + 'ple'] = (input) => input * 3; module.exports = o;",
  'compiled.cjs':
    "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = (input) => input + 100; exports.other = () => 1;",
  'typed.ts':
    'enum Step { One = 1 }\ninterface A { n: number }\nexport default function (input: number): number { return input + Step.One }\nexport const named = (input: A) => input.n;\n',
  'definition.js': 'export default { readonly: true, run: (input) => input };',
  'reader.js': 'export const readonly = true;\nexport default (input) => input;',
  'context.js': 'export default (_input, context) => ({ ...context, signal: undefined, keys: Object.keys(context).sort() });',
  'lazy.js': 'export default (_input, context) => context.options.ask ? context.signal.aborted : context.isCancelled();',
  'busy.js': "export default (_input, { log, progress }) => { log('hi', 'warn'); progress(1, 2); return 'done'; };",
  'counted.js': 'globalThis.timesLoaded = (globalThis.timesLoaded ?? 0) + 1;\nexport default () => globalThis.timesLoaded;',
  'throws.js': "export default () => { throw Object.assign(new RangeError('mine'), { code: 'MINE' }); };",
  'data.js': 'export default 5;\nexport const list = [1];',
  'number.js': 'export default 5;\nexport const fine = () => 1;',
  'empty.js': '',
  'syntax.js': 'export default function () {\n  const = 3;\n}\n',
  'syntax.cjs': 'module.exports = () => {\n  const = 3;\n}\n',
  'syntax.ts': 'export default (input: number) => {\n  return input + ;\n};\n',
  'load.js': "\nthrow new Error('not today');\n",
  'import.js': "import './nowhere.js';\nexport default () => 1;",
  'own.js': "import 'flowscript/transform';\nexport default () => 1;",
  'own.cts': "require('flowscript');\nmodule.exports = () => 1;",
  'package.json': '{"type":"module"}',
  'old/package.json': '{"type":"commonjs"}',
  'old/kind.js': '#!/usr/bin/env node\nexport default () => 1;',
  'old/deep/kind.js': "import 'node:fs';\nexport default () => 1;",
  'old/fine.js': 'module.exports = (input) => input + 20;',
  'helper.ts':
    'export interface Row { a: number; b: string }\nexport const first = (rows: readonly Row[]): number => {\n  const n: number = 1; return n + (rows as any)[0].a;\n};\n',
  'sync.ts':
    'import { first, type Row } from "./helper.ts";\nexport default (input: number): number => {\n  const rows: readonly Row[] = []; return first(rows);\n};\n',
  'later.ts':
    'export default async (input: number): Promise<number> => {\n  const n: number = await 1; throw new Error("no " + n, { cause: new Error("why") });\n};\n',
  'one-line.ts': 'export default (input: number): number => { const n: number = input as number; throw new Error("no " + n); };',
  'edited.ts':
    'import { utimesSync } from "node:fs";\nexport default (input: number): number => {\n  utimesSync(import.meta.filename, 4e9, 4e9); const n: number = 1; throw new Error("no " + n);\n};\n',
};

beforeAll(async () => {
  folder = await createFolder(files);
});
afterAll(() => folder.remove());

interface Outcome {
  readonly output?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly fields?: unknown;
  readonly cause?: string;
  /** Of it and its cause, as far as they lie in the folder. */
  readonly frames?: readonly string[];
}

/** Loads and calls in a real worker: what imports a module here in the test process is vitest's loader, not Node's. */
async function callInWorker(src: string, name: string | undefined): Promise<Outcome> {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { registry } = await import(workerData.registry);
    await import(workerData.index);
    const { config, flowDirectory } = workerData;
    try {
      const output = await registry.getRuntime('transform:module').execute({ config, input: 5, context: { flowDirectory } });
      parentPort.postMessage({ output });
    } catch ({ code, message, hint, fields, cause, stack }) {
      const frames = (stack + cause?.stack).split(flowDirectory + '/').slice(1).map((line) => line.split(/[)\\n]/)[0]);
      parentPort.postMessage({ code, message, hint, fields, cause: cause?.message, frames });
    }`;
  const built = (path: string) => new URL(`../../../dist/src/runtimes/${path}`, import.meta.url).href;
  const workerData = {
    registry: built('registry.js'),
    index: built('index.js'),
    flowDirectory: folder.path,
    config: { src, export: name },
  };
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData });
  const [outcome] = (await once(worker, 'message')) as [Outcome];
  await worker.terminate();
  return outcome;
}

const call = (src: string, config: object = {}, options: RunOptions = {}) =>
  runNode('transform:module', { src, ...config }, { input: 5, flowDirectory: folder.path, ...options });

describe('transform:module calls', () => {
  test.each([
    ['./score.js', undefined, 10],
    ['score.js', 'triple', 15],
    ['score.mjs', undefined, 6],
    ['plain.cjs', undefined, 15],
    ['named.cjs', 'triple', 15],
    ['compiled.cjs', undefined, 105],
    ['compiled.cjs', 'other', 1],
    ['typed.ts', undefined, 6],
    ['definition.js', undefined, 5],
  ])('%s, export %s', async (src, name, output) => {
    expect(await callInWorker(src, name)).toEqual({ output });
  });

  test('with a context of the promised names, options as an object', async () => {
    const options = [
      { name: 'weight', value: 0.5 },
      { name: 'input', value: 'raw' },
    ];
    expect(await call('context.js', { options }, { secrets: { T: 'x' } })).toMatchObject({
      options: { weight: 0.5, input: 'raw' },
      config: { top: 3 },
      secrets: { T: 'x' },
      ...{ item: 'the item', index: 4, branch: 1, attempt: 2, runId: 'run-1' },
      keys: [
        ...[
          'attempt',
          'branch',
          'config',
          'index',
          'isCancelled',
          'item',
          'log',
          'options',
          'progress',
          'runId',
          'secrets',
          'signal',
        ],
      ],
    });
  });

  test('and asks for the signal only when the function does', async () => {
    const trace = createTrace();
    const controller = new AbortController();
    controller.abort();
    expect(await call('lazy.js', {}, { trace, signal: controller.signal })).toBe(true);
    expect(trace.signalReads).toBe(0);
    expect(await call('lazy.js', { options: [{ name: 'ask', value: true }] }, { trace, signal: controller.signal })).toBe(true);
    expect(trace.signalReads).toBe(1);
  });

  test('and passes on what it logs and its progress, taken out of the context', async () => {
    const trace = createTrace();
    expect(await call('busy.js', {}, { trace })).toBe('done');
    expect([trace.logs, trace.progress]).toEqual([[{ message: 'hi', level: 'warn' }], [[1, 2]]]);
  });

  test('and loads a module once', async () => {
    expect([await call('counted.js'), await call('./counted.js'), await call('counted.js')]).toEqual([1, 1, 1]);
  });

  test('and passes on what the function throws, as it is', async () => {
    const error = await failureOf(() => call('throws.js'));
    expect(error).toBeInstanceOf(RangeError);
    expect([error.message, error.code]).toEqual(['mine', 'MINE']);
  });
});

test.each([
  ['sync.ts', ['helper.ts:3:52', 'sync.ts:3:48']],
  ['later.ts', ['later.ts:2:36', 'later.ts:2:66']],
  ['one-line.ts', ['one-line.ts:1:86']],
  ['edited.ts', ['edited.ts:3']],
])('an error out of TypeScript stands where it does in the source: %s', async (src, frames) => {
  expect((await callInWorker(src, undefined)).frames).toEqual(frames);
});

test('a module may promise to only read, in two ways', async () => {
  const runtime = registry.getRuntime('transform:module') as ModuleRuntime;
  const promise = async (src: string) => (await runtime.load({ src }, folder.path)).readonly;
  expect([await promise('definition.js'), await promise('reader.js'), await promise('score.js')]).toEqual([true, true, false]);
});

describe('transform:module says what is wrong', () => {
  test.each([
    ['scor.js', undefined, 'MODULE_NOT_FOUND', 'There is no file "scor.js"', 'Did you mean "score.js"?'],
    ['./no/where.js', undefined, 'MODULE_NOT_FOUND', 'There is no file "./no/where.js"', 'relative to the flow'],
    [
      'score.js',
      'tripel',
      'MODULE_NOT_FOUND',
      'score.js has no export "tripel"; it offers default, triple.',
      'Did you mean "triple"?',
    ],
    ['named.cjs', undefined, 'MODULE_INVALID', 'must be a function, got an object with triple', 'export default function'],
    [
      'number.js',
      undefined,
      'MODULE_INVALID',
      '"default" of number.js must be a function, got the number 5',
      'export default function',
    ],
    ['data.js', 'nothing', 'MODULE_INVALID', 'data.js exports no function, only default, list', 'export default function'],
    ['empty.js', undefined, 'MODULE_INVALID', 'empty.js exports no function.', 'export default function'],
    ['syntax.js', undefined, 'MODULE_INVALID', 'Cannot load syntax.js:2:9: Unexpected token', 'Correct the syntax'],
    ['syntax.cjs', undefined, 'MODULE_INVALID', 'Cannot load syntax.cjs:2', 'Correct the syntax'],
    ['syntax.ts', undefined, 'MODULE_INVALID', 'Cannot load syntax.ts:2:18: Unexpected token', 'Correct the syntax'],
    ['old/kind.js', undefined, 'MODULE_INVALID', "old/kind.js: Unexpected token 'export'", 'beside it says "type": "commonjs"'],
    ['old/deep/kind.js', undefined, 'MODULE_INVALID', 'outside a module', 'name the file kind.mjs'],
    ['lodash', undefined, 'MODULE_NOT_FOUND', 'There is no file "lodash"', 'write a module that imports it'],
    ['load.js', undefined, 'MODULE_INVALID', 'Cannot load load.js:2:7: not today', 'while it loads'],
    ['import.js', undefined, 'MODULE_INVALID', 'nowhere.js', 'check its imports'],
    ['own.js', undefined, 'MODULE_INVALID', 'flowscript', '`npm install flowscript` in it'],
    ['own.cts', undefined, 'MODULE_INVALID', 'flowscript', '`npm link flowscript` in the folder'],
    ['', undefined, 'FLOW_SETTING_INVALID', '`src`', ''],
  ])('%s, export %s', async (src, name, code, message, hint) => {
    const error = await callInWorker(src, name);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
    expect(error.hint ?? '').toContain(hint);
  });

  test('with the cause of a module that fails to load', async () => {
    const { cause, fields } = await callInWorker('load.js', undefined);
    expect(cause).toBe('not today');
    expect(fields).toEqual({ file: `${folder.path}/load.js`, line: 2, column: 7 });
  });
});

test('defineTransform gives back what it got', () => {
  const run = (input: number) => input + 1;
  const definition = { readonly: true, run };
  expect(defineTransform<number, number>(run)).toBe(run);
  expect(defineTransform<number, number>(definition)).toBe(definition);
});
