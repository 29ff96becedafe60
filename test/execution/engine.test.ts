import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '#src/index.js';
import type { FlowEvent } from '#src/types/events.js';
import { flow } from './run-flow.js';

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
