import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineOptions, RunOptions, Workflow } from '#src/index.js';
import { createEngine, loadWorkflow, parseWorkflow } from '#src/index.js';
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
    await expect.poll(living, { timeout: 20_000 }).toBe(2);
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

  it('runs user code in a worker, and says so', async () => {
    const events: FlowEvent[] = [];
    await using engine = createEngine({ mode: 'auto' });
    const { output } = await engine.run(threadOf, { onEvent: (event) => events.push(event) });
    expect(output).toBeGreaterThan(0);
    expect(events.find(({ type }) => type === 'node.finished')).toMatchObject({ nodeId: 'a', place: 'worker' });
  });
});

it('refuses a mode that does not exist', () => {
  expect(() => createEngine({ mode: 'fast' as 'auto' })).toThrow(/"threads", "async" or "auto", got "fast"/);
});

describe('a caller without types', () => {
  const good = flow('<transform:select id="a">1</transform:select>');

  it.each<[string, unknown, unknown, string]>([
    ['the name of a file', 'flow.xml', {}, 'Expected a workflow, as loadWorkflow and parseWorkflow give it, got "flow.xml"'],
    ['a promise', Promise.resolve(good), {}, 'got a promise of one: await it'],
    ['nothing', undefined, {}, 'got undefined'],
    ['a time that is text', good, { timeoutMs: '30s' }, 'Expected timeoutMs to be a number above 0, got 30s'],
    ['a controller', good, { signal: new AbortController() }, 'got an object of AbortController'],
    ['a misspelt option', good, { inputt: 3 }, 'There is no option "inputt" of engine.run: did you mean input?'],
    ['no function', good, { onEvent: {} }, 'Expected onEvent to be a function, got an object of Object'],
  ])('is told that a run cannot be given %s', async (_, workflow, options, message) => {
    await using engine = createEngine({ mode: 'async' });
    const refused = engine.run(workflow as Workflow, options as RunOptions);
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }),
    );
  });

  it.each<[EngineOptions, string]>([
    [{ mode: 'thread' as 'threads' }, 'Expected mode to be "threads", "async" or "auto", got "thread"'],
    [{ maxConcurency: 3 } as EngineOptions, 'There is no option "maxConcurency" of createEngine: did you mean maxConcurrency?'],
    [{ maxConcurrency: 0 }, 'Expected maxConcurrency to be a whole number from 1 on, got 0'],
  ])('is told that there is no engine with %o', (options, message) => {
    expect(() => createEngine(options)).toThrow(new TypeError(message));
  });

  it.each<[string, object, string]>([
    ['parseWorkflow', { fiel: 'a.xml' }, 'There is no option "fiel" of parseWorkflow: did you mean file?'],
    ['parseWorkflow', { plugins: ['./p.js'] }, 'There is no option "plugins" of parseWorkflow: it takes file, limits'],
    ['parseWorkflow', { limits: { dept: 3 } }, 'There is no option "dept" of limits: did you mean depth?'],
    ['loadWorkflow', { plugin: ['./p.js'] }, 'There is no option "plugin" of loadWorkflow: did you mean plugins?'],
    ['loadWorkflow', { mode: 'async' }, 'There is no option "mode" of loadWorkflow: it takes limits, plugins, schemas'],
  ])('is told what %s does not take: %o', async (reader, options, message) => {
    const read =
      reader === 'loadWorkflow'
        ? async () => loadWorkflow('nowhere.xml', options)
        : async () => parseWorkflow('<workflow name="w"/>', options);
    await expect(read()).rejects.toThrow(new TypeError(message));
  });

  it('is told that NaN is no number', async () => {
    await using engine = createEngine({ mode: 'async' });
    const asks = flow('<config><param name="p" type="number"/></config><transform:select id="a">config.p</transform:select>');
    await expect(engine.run(asks, { config: { p: Number.NaN } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'config value "p" must be a number, got NaN',
    });
  });

  it('is told that a flow is text', () => {
    expect(() => parseWorkflow(undefined as unknown as string)).toThrow(
      new TypeError('Expected the text of a flow, got undefined'),
    );
  });
});
