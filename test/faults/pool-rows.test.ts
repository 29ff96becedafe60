import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createEngine, type FlowError } from '#src/index.js';
import { engine, flow } from './flows.js';

const node = (fn: string, attributes = '', id = fn) =>
  `<transform:module id="${id}" src="./crash.mjs" export="${fn}" ${attributes}/>`;
const failure = async (fn: string, attributes = '', input: unknown = null) =>
  (await engine().run(flow(node(fn, attributes)), { input })).error;

/** Each title is an event that breaks or hangs a pool of threads by itself. */
describe('what breaks a pool', () => {
  it('a worker calls process.exit(3)', async () => {
    const error = await failure('exit');
    expect(error).toMatchObject({ code: 'WORKER_EXITED', nodeId: 'exit', fields: { exitCode: 3 } });
  });

  it('a worker exits with tasks queued behind it', async () => {
    const items = `<foreach id="all" items="lists.range(60)" batch="1" onError="continue">${node('exitAtFive')}</foreach>`;
    const { status, output } = await engine().run(flow(items));
    expect(status).toBe('completed');
    expect(output).toEqual(Array.from({ length: 60 }, (_, n) => (n % 5 === 0 ? null : n)));
  });

  it('throw null', async () => {
    expect(await failure('throwNull')).toMatchObject({ code: 'NODE_FAILED', message: 'null was thrown' });
  });

  it('a thrown function or symbol, an error whose cause cannot be cloned, a result with a function', async () => {
    expect(await failure('throwFunction')).toMatchObject({ code: 'NODE_FAILED', message: expect.stringContaining('function') });
    expect(await failure('throwSymbol')).toMatchObject({ code: 'NODE_FAILED', message: 'Symbol(thrown) was thrown' });
    expect(await failure('throwOddCause')).toMatchObject({ code: 'NODE_FAILED', name: 'RangeError', message: 'odd' });
    const message = expect.stringContaining('$.rows[0].save');
    expect(await failure('returnFunction')).toMatchObject({ code: 'VALUE_NOT_CLONEABLE', message });
  });

  it('a result nested deeper than 1,000 levels', async () => {
    const pass = flow(`${node('returnDeep')}${node('echo', 'input="returnDeep.output"')}`);
    for (const mode of ['threads', 'async'] as const) {
      const one = engine({ mode });
      expect((await one.run(pass, { input: 1_000 })).status).toBe('completed');
      for (const input of [1_002, 2_000, 10_000]) {
        const { error } = await one.run(pass, { input });
        expect(error).toMatchObject({ code: 'VALUE_NOT_CLONEABLE', nodeId: 'returnDeep' });
      }
    }
  });

  it('the heap limit is reached', async () => {
    const small = engine({ workerMemoryMb: 32 });
    const body = `<parallel id="both" onError="wait"><branch>${node('hoard')}</branch><branch>${node('echo')}</branch></parallel>`;
    const { error, state } = await small.run(flow(body));
    expect(error).toMatchObject({ code: 'WORKER_OUT_OF_MEMORY', nodeId: 'hoard' });
    expect(state.nodeResults.get('echo')?.status).toBe('completed');
    expect((await small.run(flow(node('echo')), { input: 1 })).output).toBe(1);
  });

  it.each(['lateThrow', 'lateRejection'])('an error comes out of a timer after its task ended (%s)', async (fn) => {
    const body = `${node(fn, 'input="1"')}${node('pause', `input="${fn}.output + 1"`)}`;
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const { status, output } = await engine({ maxConcurrency: 1 }).run(flow(`${body}<output value="pause.output"/>`));
    expect([status, output]).toEqual(['completed', 2]);
    expect((await warned).message).toContain('too late');
  });

  it.each([
    ['throws', 'load-throws.mjs', 'MODULE_INVALID'],
    ['ends the process', 'load-exits.mjs', 'WORKER_EXITED'],
  ])('a worker module that fails to load: it %s', async (_what, file, code) => {
    const body = `<parallel id="both" onError="wait"><branch><transform:module id="bad" src="./${file}"/></branch><branch>${node('echo')}</branch></parallel>`;
    const { error, state } = await engine().run(flow(body));
    expect(error).toMatchObject({ code, nodeId: 'bad' });
    expect(state.nodeResults.get('echo')?.status).toBe('completed');
  });

  it('a worker module that never ends loading', async () => {
    const { status, error } = await engine().run(flow('<transform:module id="bad" src="./load-hangs.mjs"/>', 'timeout="500ms"'));
    expect([status, error?.code]).toEqual(['failed', 'FLOW_TIMEOUT']);
  });

  it('globals changed by a task stay in its thread', async () => {
    const one = engine({ maxConcurrency: 1 });
    expect((await one.run(flow(node('setGlobal')))).output).toBe(1);
    expect((await one.run(flow(node('setGlobal')))).output).toBe(2);
    expect(Reflect.get(globalThis, 'leftBehind')).toBeUndefined();
  });

  it('work is given after the pool was closed', async () => {
    const closed = createEngine();
    await closed.close();
    await expect(closed.run(flow(node('echo')))).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  });

  it('many tasks share one signal', async () => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown) => warnings.push(warning);
    process.on('warning', onWarning);
    const items = `<foreach id="all" items="lists.range(2000)" batch="1">${node('echo')}</foreach>`;
    const { status } = await engine().run(flow(items), { signal: new AbortController().signal });
    await sleep(0);
    process.off('warning', onWarning);
    expect([status, warnings]).toEqual(['completed', []]);
  });

  it('an error of a class of its own', async () => {
    const error = (await failure('throwCustom')) as FlowError;
    expect(error).toMatchObject({
      name: 'QuotaError',
      code: 'E_QUOTA',
      message: 'no more',
      fields: { limit: new Map([['calls', 5n]]) },
    });
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'root' });
    expect(error.stack).toContain('crash.mjs');
  });

  it('a config value that cannot be cloned', async () => {
    const configured = flow(`<config><param name="x" type="json"/></config>${node('echo')}`);
    for (const mode of ['threads', 'async'] as const) {
      const { error } = await engine({ mode }).run(configured, { config: { x: { list: [() => 1] } } });
      expect(error).toMatchObject({ code: 'VALUE_NOT_CLONEABLE', message: expect.stringContaining('config.x.list[0]') });
    }
  });
});

describe('a thread that is killed in the middle of a branch', () => {
  it.each([
    ['small outputs', 'echo', 7],
    ['large outputs', 'large', Array.from({ length: 5_000 }, (_, n) => ({ n }))],
    ['typed arrays', 'bytes', new Float64Array(20_000).fill(1.5)],
  ])('tells of the nodes that had finished: %s', async (_what, fn, expected) => {
    const body = `<parallel id="p"><branch>${node(fn, '', 'first')}<set name="seen" value="1" scope="workflow"/>${node('thread', '', 'second')}${node('exit', '', 'killer')}${node('echo', '', 'never')}</branch></parallel>`;
    const read =
      '<finally><transform:select id="after">[first.output, second.output, killer.status]</transform:select></finally>';
    const { error, state } = await engine().run(flow(`${body}${read}`), { input: 7 });
    expect(error).toMatchObject({ code: 'WORKER_EXITED', nodeId: 'killer' });
    const statuses = ['first', 'second', 'killer', 'never'].map((id) => state.nodeResults.get(id)?.status);
    expect(statuses).toEqual(['completed', 'completed', 'failed', 'cancelled']);
    expect(state.nodeResults.get('first')?.output).toEqual(expected);
    expect(state.nodeResults.get('second')?.output).toEqual(expect.any(Number));
  });
});
