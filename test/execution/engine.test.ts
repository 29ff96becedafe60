import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pools } from '#src/dispatch/pools.js';
import { createEngine, type RunOptions, type RunResult } from '#src/index.js';
import type { FlowEvent } from '#src/types/events.js';
import { flow, modes } from './run-flow.js';

/** Every thread that was started, and whether it has ended. */
const threads: { worker: Worker; hasEnded: boolean }[] = [];
const onWorker = (worker: Worker) => {
  const thread = { worker, hasEnded: false };
  threads.push(thread);
  worker.once('exit', () => {
    thread.hasEnded = true;
  });
};
beforeEach(() => {
  threads.length = 0;
  process.on('worker', onWorker);
});
afterEach(() => {
  process.off('worker', onWorker);
});
const living = () => threads.filter(({ hasEnded }) => !hasEnded).length;
const limits = { maxConcurrency: undefined, plugins: [], memoryMb: undefined, graceMs: undefined };
const threadOf = flow('<transform:module id="a" src="kit:thread"/>', 'maxConcurrency="2"');

const meeting = (id: string) => `<transform:module id="${id}" src="kit:meet" input="run.input" parties="2"/>`;
const gate = () => new SharedArrayBuffer(8);
const hasCome = (seats: SharedArrayBuffer) => Atomics.load(new Int32Array(seats), 0) > 0;
const letGo = (seats: SharedArrayBuffer) => Atomics.add(new Int32Array(seats), 0, 1);

describe('engine.warm', () => {
  it('starts the threads that the run then uses', async () => {
    await using engine = createEngine();
    await engine.warm(2);
    expect(threads.length).toBe(2);
    const { output } = await engine.run(threadOf);
    expect(output).toBeGreaterThan(0);
    expect(threads.length).toBe(2);
  });

  it('is corrected by the run when it guessed wrong', async () => {
    await using engine = createEngine();
    await engine.warm(3);
    const { output } = await engine.run(threadOf);
    expect(output).toBeGreaterThan(0);
    await expect.poll(living, { timeout: 20_000 }).toBe(1);
  });

  it('starts fewer threads if asked to', async () => {
    await using engine = createEngine();
    await engine.warm(2, 1);
    expect(threads.length).toBe(1);
    await engine.run(threadOf);
    expect(threads.length).toBe(1);
  });

  it('starts all threads that the engine may have', async () => {
    await using engine = createEngine({ maxConcurrency: 8 });
    await engine.warm();
    expect(threads.length).toBe(8);
  });

  it.each(['threads', 'auto'] as const)('waits for no task that runs, in mode %s', async (mode) => {
    await using engine = createEngine({ mode, maxConcurrency: 4 });
    const input = gate();
    const run = engine.run(flow(meeting('a')), { input });
    await expect.poll(() => hasCome(input), { timeout: 20_000 }).toBe(true);
    await engine.warm(4);
    expect(threads.length).toBe(4);
    letGo(input);
    expect((await run).output).toBe('met');
  });

  it.each(['threads', 'auto'] as const)('starts what a run has not, in mode %s', async (mode) => {
    await using engine = createEngine({ mode, maxConcurrency: 4 });
    await engine.run(threadOf);
    expect(threads.length).toBe(1);
    await engine.warm(4);
    expect(threads.length).toBe(4);
  });

  it.each(['threads', 'auto'] as const)('may be tried again once the reason why it failed has gone, in mode %s', async (mode) => {
    const mood = join(await mkdtemp(join(tmpdir(), 'mood-')), 'bad');
    await writeFile(mood, '');
    process.env['TEST_MOOD'] = mood;
    const plugin = fileURLToPath(new URL('../dispatch/fixtures/moody-plugin.js', import.meta.url));
    await using engine = createEngine({ mode, maxConcurrency: 2, plugins: [plugin] });
    await expect(engine.warm(2)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('not in the mood'),
    });
    await expect(engine.warm(2)).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await rm(dirname(mood), { recursive: true });
    expect((await engine.run(threadOf)).status).toBe('completed');
    await engine.warm(2);
    expect((await engine.run(threadOf)).status).toBe('completed');
  });

  it.each(['threads', 'auto'] as const)('leaves none of the threads behind that it gave up, in mode %s', async (mode) => {
    const plugins = [fileURLToPath(new URL('../dispatch/fixtures/broken-plugin.js', import.meta.url))];
    const pools = new Pools({ mode, ...limits, plugins });
    await expect(pools.warm(1)).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    const dispatcher = pools.take(1);
    if ('expect' in dispatcher) dispatcher.expect(1);
    await pools.close();
    expect([threads.length, living()]).toEqual([1, 0]);
  });

  it('leaves no thread behind when nothing is run', async () => {
    const engine = createEngine({ maxConcurrency: 2 });
    const started = engine.warm().catch((error: unknown) => error);
    await engine.close();
    await started;
    await expect.poll(living, { timeout: 20_000 }).toBe(0);
    await expect(engine.warm()).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  });

  it('starts none in mode async', async () => {
    await using engine = createEngine({ mode: 'async' });
    await engine.warm(2);
    expect(threads.length).toBe(0);
  });
});

describe('an engine', () => {
  const parallel = `<parallel id="p"><branch>${meeting('a')}</branch><branch>${meeting('b')}</branch></parallel>`;
  const chain = flow('<transform:module id="a" src="kit:thread"/><transform:module id="b" src="kit:thread" input="a.output"/>');
  const met = ['met', 'met'];

  it.each(['threads', 'auto'] as const)(
    'starts the threads that a flow can use, others when more can be used, in mode %s',
    async (mode) => {
      await using engine = createEngine({ mode, maxConcurrency: 4 });
      await engine.run(chain);
      await engine.run(chain);
      expect(threads.length).toBe(1);
      const { output } = await engine.run(flow(parallel), { input: gate() });
      expect([output, threads.length]).toEqual([met, 2]);
      await engine.run(flow('<foreach id="f" items="[1]"><transform:module id="a" src="kit:thread"/></foreach>'));
      expect(threads.length).toBe(4);
    },
  );

  it.each(['threads', 'auto'] as const)('starts another one for runs that go on at one time, in mode %s', async (mode) => {
    await using engine = createEngine({ mode, maxConcurrency: 3 });
    const one = flow(meeting('a'));
    const input = gate();
    const results = await Promise.all([engine.run(one, { input }), engine.run(one, { input })]);
    expect([results.map(({ output }) => output), threads.length]).toEqual([met, 2]);
  });

  it('of two threads that started one after the other replaces either', async () => {
    await using engine = createEngine({ maxConcurrency: 2 });
    await engine.run(chain);
    const exits = '<branch><transform:module id="ID" src="kit:exit"/></branch>';
    const dying = flow(`<parallel id="p" onError="continue">${exits.replace('ID', 'a')}${exits.replace('ID', 'b')}</parallel>`);
    await engine.run(dying);
    const { output } = await engine.run(flow(parallel), { input: gate() });
    expect(output).toEqual(met);
  });
});

describe.each(modes)('engine.close, mode %s', (mode) => {
  const spinning = (attributes = '') => flow('<transform:module id="s" src="kit:spin"/>', attributes);
  const cancelled = { status: 'cancelled', error: { code: 'RUN_CANCELLED' } };

  it.each<[string, RunOptions]>([
    ['is plain', {}],
    ['is recorded', { record: true }],
    ['looks into the cache', { cache: true }],
    ['is planned by what it took', { timings: true }],
  ])('cancels a first run of the same tick that %s', async (_which, options) => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'close-'));
    const engine = createEngine({ mode });
    const run = engine.run(spinning(), { ...options, stateDirectory });
    await engine.close();
    expect(await run).toMatchObject(cancelled);
    expect(threads.length).toBe(0);
    await rm(stateDirectory, { recursive: true });
  });

  it.each([
    ['the same pool', 'maxConcurrency="2"'],
    ['another pool', 'maxConcurrency="5"'],
  ])('cancels a run of the same tick that asks a warm engine for %s', async (_which, attributes) => {
    const engine = createEngine({ mode });
    await engine.run(threadOf);
    const run = engine.run(spinning(attributes));
    await engine.close();
    expect(await run).toMatchObject(cancelled);
    await expect.poll(living, { timeout: 20_000 }).toBe(0);
  });

  it('cancels a run that nobody waits for when an error leaves its block', async () => {
    let run: Promise<RunResult> | undefined;
    const block = async () => {
      await using engine = createEngine({ mode });
      run = engine.run(spinning());
      throw new Error('on the way');
    };
    await expect(block()).rejects.toThrow('on the way');
    expect(await run).toMatchObject(cancelled);
  });

  it('cancels nodes at work, and comes after <finally>', async () => {
    const engine = createEngine({ mode, graceMs: 100 });
    const hanging = flow(
      '<transform:module id="h" src="kit:hang"/><finally><transform:module id="bye" src="kit:tell"/></finally>',
    );
    const seen: string[] = [];
    let closed: Promise<unknown> | undefined;
    const onEvent = (event: FlowEvent) => {
      if (event.type === 'log') seen.push('told');
      if (event.type === 'node.started' && event.nodeId === 'h') closed = engine.close().then(() => seen.push('closed'));
    };
    expect(await engine.run(hanging, { onEvent })).toMatchObject(cancelled);
    await closed;
    expect(seen).toEqual(['told', 'closed']);
  });

  it('waits for the threads of a pool that was guessed wrong', async () => {
    const pools = new Pools({ mode, ...limits });
    await pools.warm(3);
    pools.take(2);
    await pools.close();
    expect(living()).toBe(0);
  });

  it('leaves nothing that could open a pool', async () => {
    const pools = new Pools({ mode, ...limits });
    await pools.close();
    expect(() => pools.take(1)).toThrow(expect.objectContaining({ code: 'POOL_CLOSED' }));
  });
});

describe('a listener', () => {
  const rejected: unknown[] = [];
  const onRejection = (reason: unknown) => rejected.push(reason);

  const fail = () => {
    told++;
    throw new Error('in a listener');
  };
  let told = 0;

  it.each([
    ['onEvent', 'throw', { onEvent: fail }, false],
    ['onEvent', 'give a promise that rejects', { onEvent: async () => fail() }, false],
    ['onEvent, with a record,', 'give a promise that rejects', { onEvent: async () => fail() }, true],
    // No folder can be made below a file: that is what there is to be told.
    ['onNotice', 'throw', { onNotice: fail, stateDirectory: import.meta.filename }, true],
    ['onNotice', 'give a promise that rejects', { onNotice: async () => fail(), stateDirectory: import.meta.filename }, true],
  ])('%s may %s', async (_name, _what, options, record) => {
    process.on('unhandledRejection', onRejection);
    const folder = await mkdtemp(join(tmpdir(), 'events-'));
    await using engine = createEngine({ mode: 'async' });
    told = 0;
    const { status } = await engine.run(threadOf, { stateDirectory: folder, record, ...options });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onRejection);
    expect([status, rejected, told > 0]).toEqual(['completed', [], true]);
    await rm(folder, { recursive: true });
  });
});

describe('mode auto', () => {
  it('starts no thread for a flow of short expressions, and says where each node ran', async () => {
    const sum = flow(
      '<source:value id="a" value="[1, 2]"/><transform:select id="b" input="a.output">input[0] + input[1]</transform:select>',
    );
    const runOnce = async () => {
      threads.length = 0;
      const events: FlowEvent[] = [];
      await using engine = createEngine({ mode: 'auto' });
      const { output, mode } = await engine.run(sum, { onEvent: (event) => events.push(event) });
      const places = events.flatMap((event) => (event.type === 'node.finished' ? [event.place] : []));
      return { output, mode, places, threads: threads.length };
    };
    let ran = await runOnce();
    // Where something else holds the processor they do take long, but hardly each time.
    for (let again = 0; again < 4 && ran.threads > 0; again++) ran = await runOnce();
    expect(ran).toEqual({ output: 3, mode: 'auto', places: ['main', 'main'], threads: 0 });
  });

  it('starts no other thread for short expressions while its only one is held', async () => {
    await using engine = createEngine({ mode: 'auto', maxConcurrency: 4 });
    await engine.run(threadOf);
    const input = gate();
    const held = engine.run(flow(meeting('a')), { input });
    await expect.poll(() => hasCome(input), { timeout: 20_000 }).toBe(true);
    const places: unknown[] = [];
    const onEvent = (event: FlowEvent) => event.type === 'node.finished' && places.push(event.place);
    const short = (id: number) => flow(`<transform:select id="x${id}">${id} + 1</transform:select>`);
    await Promise.all([1, 2, 3, 4].map((id) => engine.run(short(id), { onEvent })));
    expect([places, threads.length]).toEqual([['main', 'main', 'main', 'main'], 1]);
    letGo(input);
    expect((await held).output).toBe('met');
  });

  it('runs user code in a worker, and says so', async () => {
    const events: FlowEvent[] = [];
    await using engine = createEngine({ mode: 'auto' });
    const { output } = await engine.run(threadOf, { onEvent: (event) => events.push(event) });
    expect(output).toBeGreaterThan(0);
    expect(events.find(({ type }) => type === 'node.finished')).toMatchObject({ nodeId: 'a', place: 'worker' });
  });
});
