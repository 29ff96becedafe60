import { describe, expect, it } from 'vitest';
import type { RunOptions, Stub, Workflow } from '#src/index.js';
import { createEngine, loadWorkflow, parseWorkflow, planWorkflow, stubWorkflow } from '#src/index.js';
import { flow } from './run-flow.js';

describe('a caller without types', () => {
  const good = flow('<transform:select id="a">1</transform:select>');

  const asks = flow(
    '<config><param name="p" default="d"/></config><secrets><secret name="TOK"/></secrets><transform:select id="a">config.p</transform:select>',
  );
  type Call = (...given: never[]) => unknown;
  const calls: Readonly<Record<string, Call>> = {
    'engine.run': async (workflow: Workflow, options: RunOptions) => {
      await using engine = createEngine({ mode: 'async' });
      return engine.run(workflow, options);
    },
    'engine.warm': async (count: number, threads: number) => {
      await using engine = createEngine({ mode: 'async' });
      return engine.warm(count, threads);
    },
    createEngine,
    loadWorkflow,
    parseWorkflow,
    planWorkflow,
    stubWorkflow,
  };
  const text = '<workflow name="w"/>';
  const runs = (options: unknown): [string, unknown[]] => ['engine.run', [asks, options]];

  const slips: readonly [string, unknown[], string][] = [
    [
      'engine.run',
      ['flow.xml'],
      'Expected the workflow of engine.run to be one that loadWorkflow or parseWorkflow gave, got the text "flow.xml"',
    ],
    [
      'engine.run',
      [Promise.resolve(good)],
      'Expected the workflow of engine.run to be one that loadWorkflow or parseWorkflow gave, got a promise of one: await it',
    ],
    [
      'engine.run',
      [JSON.parse(JSON.stringify(good))],
      'Expected the workflow of engine.run to be one that loadWorkflow or parseWorkflow gave, got a copy without its expressions, as JSON leaves it: keep the text, and parse that',
    ],
    ['planWorkflow', [], 'Expected the workflow of planWorkflow to be one that loadWorkflow or parseWorkflow gave, got nothing'],
    [
      'planWorkflow',
      [text],
      `Expected the workflow of planWorkflow to be one that loadWorkflow or parseWorkflow gave, got the text ${JSON.stringify(text)}`,
    ],
    [
      'stubWorkflow',
      [good.ast, {}],
      'Expected the workflow of stubWorkflow to be one that loadWorkflow or parseWorkflow gave, got an object with name, version, file, at, maxConcurrency …',
    ],
    ['stubWorkflow', [good, 5], 'Expected the stubs of stubWorkflow to be an object of values by name, got the number 5'],
    ['engine.warm', ['2'], 'Expected maxConcurrency of engine.warm to be a whole number from 1 on, got the text "2"'],
    ['engine.warm', [2, 0], 'Expected threads of engine.warm to be a whole number from 1 on, got the number 0'],

    [...runs(null), 'Expected the options of engine.run to be an object, got null'],
    [...runs('x'), 'Expected the options of engine.run to be an object, got the text "x"'],
    [...runs({ inputt: 3 }), 'There is no option "inputt" of engine.run: did you mean input?'],
    [...runs({ timeoutMs: '30s' }), 'Expected timeoutMs of engine.run to be a number above 0, got the text "30s"'],
    [
      ...runs({ signal: new AbortController() }),
      'Expected signal of engine.run to be an AbortSignal, such as new AbortController().signal, got a AbortController',
    ],
    [...runs({ onEvent: {} }), 'Expected onEvent of engine.run to be a function, got an empty object'],
    [...runs({ onNotice: 'log' }), 'Expected onNotice of engine.run to be a function, got the text "log"'],
    [...runs({ record: 'yes' }), 'Expected record of engine.run to be true, false or an object, got the text "yes"'],
    [...runs({ record: { kep: 3 } }), 'There is no option "kep" of record of engine.run: did you mean keep?'],
    [...runs({ record: { keep: -3 } }), 'Expected record.keep of engine.run to be a number from 1 on, got the number -3'],
    [...runs({ cache: 'on' }), 'Expected cache of engine.run to be true or false, got the text "on"'],
    [...runs({ timings: 'x' }), 'Expected timings of engine.run to be true or false, got the text "x"'],
    [...runs({ config: [] }), 'Expected config of engine.run to be an object of values by name, got an empty list'],
    [...runs({ config: 'k=3' }), 'Expected config of engine.run to be an object of values by name, got the text "k=3"'],
    [...runs({ config: Promise.resolve({}) }), 'Expected config of engine.run to be an object of values by name, got a Promise'],
    [
      ...runs({ config: Object.create({ p: 'x' }) }),
      'Expected config of engine.run to be an object of values by name, got one of a class or with a prototype. Copy what counts into a plain object',
    ],
    [
      ...runs({ secrets: Object.create({ TOK: 'hidden' }) }),
      'Expected secrets of engine.run to be an object of texts by name, got one of a class or with a prototype. Copy what counts into a plain object',
    ],
    [...runs({ env: 4 }), 'Expected env of engine.run to be an object of texts by name, got a number'],
    [...runs({ stateDirectory: 4 }), 'Expected stateDirectory of engine.run to be the path of a folder, got the number 4'],
    [...runs({ stateDirectory: '' }), 'Expected stateDirectory of engine.run to be the path of a folder, got an empty text'],
    [...runs({ resume: 5 }), 'Expected resume of engine.run to be "last" or the id of a run, got the number 5'],
    [...runs({ resume: '' }), 'Expected resume of engine.run to be "last" or the id of a run, got an empty text'],
    [...runs({ secrets: { TOK: 12345 } }), 'Expected secrets.TOK of engine.run to be text, got a number'],
    [...runs({ secrets: { TOK: 'abc', A: 1 } }), 'Expected secrets.A of engine.run to be text, got a number'],
    [
      ...runs({ secrets: new Map([['TOK', 'hidden']]) }),
      'Expected secrets of engine.run to be an object of texts by name, got a Map',
    ],
    [...runs({ secrets: 'hidden' }), 'Expected secrets of engine.run to be an object of texts by name, got text'],
    [...runs({ chaos: { seed: 1 } }), 'Expected chaos.rate of engine.run to be a number from 0 to 1, got nothing'],
    [...runs({ chaos: { rate: 0, kind: ['throw'] } }), 'There is no option "kind" of chaos of engine.run: did you mean kinds?'],
    [
      ...runs({ chaos: { rate: 0, kinds: ['thorw'] } }),
      'Expected chaos.kinds[0] of engine.run to be "throw", "exit", "delay" or "timeout", got the text "thorw". Did you mean "throw"?',
    ],

    ['createEngine', [null], 'Expected the options of createEngine to be an object, got null'],
    ['createEngine', [3], 'Expected the options of createEngine to be an object, got the number 3'],
    ['createEngine', [{ maxConcurency: 3 }], 'There is no option "maxConcurency" of createEngine: did you mean maxConcurrency?'],
    [
      'createEngine',
      [{ maxConcurrency: 0 }],
      'Expected maxConcurrency of createEngine to be a whole number from 1 on, got the number 0',
    ],
    ['createEngine', [{ mode: 'fast' }], 'Expected mode of createEngine to be "threads", "async" or "auto", got the text "fast"'],
    ['createEngine', [{ graceMs: -1 }], 'Expected graceMs of createEngine to be a number from 0 on, got the number -1'],
    [
      'createEngine',
      [{ workerMemoryMb: '64' }],
      'Expected workerMemoryMb of createEngine to be a finite number from 16 on, got the text "64"',
    ],
    [
      'createEngine',
      [{ workerMemoryMb: 1 }],
      'Expected workerMemoryMb of createEngine to be a finite number from 16 on, got the number 1',
    ],
    ['createEngine', [{ plugins: './x.mjs' }], 'Expected plugins of createEngine to be a list, got the text "./x.mjs"'],

    ['loadWorkflow', [], 'Expected the file of loadWorkflow to be a path or a file: URL, got nothing'],
    [
      'loadWorkflow',
      [new URL('https://127.0.0.1/flow.xml')],
      'Expected the file of loadWorkflow to be a path or a file: URL, got a URL',
    ],
    ['loadWorkflow', ['nowhere.xml', null], 'Expected the options of loadWorkflow to be an object, got null'],
    ['loadWorkflow', ['nowhere.xml', { plugins: [3] }], 'Expected plugins[0] of loadWorkflow to be text, got the number 3'],
    [
      'loadWorkflow',
      ['nowhere.xml', { schemas: 'yes' }],
      'Expected schemas of loadWorkflow to be "read" or "compile", got the text "yes"',
    ],
    [
      'loadWorkflow',
      ['nowhere.xml', { plugin: ['./p.js'] }],
      'There is no option "plugin" of loadWorkflow: did you mean plugins?',
    ],
    [
      'loadWorkflow',
      ['nowhere.xml', { mode: 'async' }],
      'There is no option "mode" of loadWorkflow: it takes limits, plugins, schemas',
    ],
    ['parseWorkflow', [], 'Expected the flow of parseWorkflow to be text, got nothing'],
    ['parseWorkflow', [text, { file: 3 }], 'Expected file of parseWorkflow to be text, got the number 3'],
    ['parseWorkflow', [text, { fiel: 'a.xml' }], 'There is no option "fiel" of parseWorkflow: did you mean file?'],
    ['parseWorkflow', [text, { plugins: ['./p.js'] }], 'There is no option "plugins" of parseWorkflow: it takes file, limits'],
    ['parseWorkflow', [text, { limits: 4 }], 'Expected limits of parseWorkflow to be an object, got the number 4'],
    [
      'parseWorkflow',
      [text, { limits: { dept: 3 } }],
      'There is no option "dept" of limits of parseWorkflow: did you mean depth?',
    ],
    [
      'parseWorkflow',
      [text, { limits: { depth: '5' } }],
      'Expected limits.depth of parseWorkflow to be a number from 1 on, got the text "5"',
    ],
    [
      'parseWorkflow',
      [text, { limits: { elements: Number.NaN } }],
      'Expected limits.elements of parseWorkflow to be a number from 1 on, got the number NaN',
    ],
  ];

  it.each(slips.map(([name, given, message]) => ({ name, given, message })))(
    'is told: $message',
    async ({ name, given, message }) => {
      await expect((async () => calls[name]?.(...(given as never[])))()).rejects.toThrow(new TypeError(message));
    },
  );

  it.each<[unknown, string]>([
    [5, 'stub "a": a stub must be an object, got the number 5'],
    [{ outptu: 1 }, 'stub "a": a stub has no "outptu"'],
    [{ output: () => 1 }, 'stub "a": output is a function'],
    [{ output: { at: [1, new Map()] } }, 'stub "a": output.at[1] is a Map'],
    [{ output: 1n }, 'stub "a": output is the bigint 1'],
    [{ output: Buffer.from('hi') }, 'stub "a": output is 2 bytes'],
    [{ output: { at: new Date(0) } }, 'stub "a": output.at is a Date'],
    [{ error: { url: new URL('file:///a') } }, 'stub "a": error.url is a URL'],
    [{ output: { money: { cents: 5, toJSON: () => 5 } } }, 'stub "a": output.money is an object with cents, toJSON'],
    [{ outputs: [undefined, 1] }, 'stub "a": outputs[0] is nothing'],
    [{ output: undefined, outputs: undefined, error: undefined }, 'stub "a": a stub without output, outputs or error'],
  ])('is told what no stub is: %o', (stub, message) => {
    expect(() => stubWorkflow(good, { a: stub as Stub })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message }));
  });

  it('may give options of any object, with what is undefined left out', async () => {
    class Given {
      readonly input = undefined;
      readonly config = Object.freeze(Object.assign(Object.create(null), { p: undefined, q: undefined }));
      readonly secrets = { ...process.env, TOK: 'tok-1234' };
      readonly env = process.env;
    }
    const stubbed = stubWorkflow(asks, { a: undefined } as never);
    await using engine = createEngine(Object.freeze({ mode: 'async', graceMs: undefined }) as never);
    expect(await engine.run(stubbed, new Given() as RunOptions)).toMatchObject({ status: 'completed', output: 'd' });
    expect(parseWorkflow(asks.text, { file: undefined, limits: { elements: Number.POSITIVE_INFINITY } } as never).name).toBe(
      'test',
    );
  });

  it('may give options of any object, from getters and prototypes', async () => {
    class Stubbed {
      get output() {
        return 'stubbed';
      }
    }
    class Given {
      get input() {
        return 7;
      }
      get timeoutMs() {
        return 60_000;
      }
      get signal() {
        return AbortSignal.abort();
      }
    }
    class EngineGiven {
      get mode() {
        return 'async' as const;
      }
      get graceMs() {
        return Number.POSITIVE_INFINITY;
      }
    }
    const reads = flow('<transform:select id="a">run.input</transform:select>');
    await using engine = createEngine(new EngineGiven());
    expect(await engine.run(reads, new Given())).toMatchObject({ status: 'cancelled', mode: 'async' });
    expect(await engine.run(reads, Object.create({ input: 7 }))).toMatchObject({ output: 7 });
    expect(await engine.run(stubWorkflow(reads, { a: new Stubbed() }))).toMatchObject({ output: 'stubbed' });
    expect(parseWorkflow(reads.text, Object.create({ file: 'named.xml' })).file).toBe('named.xml');
  });

  it('is told that NaN is no number', async () => {
    await using engine = createEngine({ mode: 'async' });
    const asks = flow('<config><param name="p" type="number"/></config><transform:select id="a">config.p</transform:select>');
    await expect(engine.run(asks, { config: { p: Number.NaN } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'config value "p" must be a number, got NaN',
    });
  });
});
