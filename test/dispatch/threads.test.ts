import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { ThreadDispatcher } from '#src/dispatch/thread-dispatcher.js';
import { createThreadDispatcher, type ThreadDispatcherOptions } from '#src/dispatch/threads.js';
import type { FlowError } from '#src/errors/flow-error.js';
import { call, expression, fixture, iteration, onlyError, outputs, plugins, runPackage, task } from './build.js';

const open: ThreadDispatcher[] = [];

function create(options: Partial<ThreadDispatcherOptions> = {}): ThreadDispatcher {
  const dispatcher = createThreadDispatcher({ maxConcurrency: 2, plugins, ...options });
  open.push(dispatcher);
  return dispatcher;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((dispatcher) => dispatcher.close()));
});

/** Worker threads that are alive in this process, idle ones included. */
function liveThreads(): number {
  const report = process.report?.getReport() as unknown as { readonly workers: readonly unknown[] };
  return report.workers.length;
}

const one = (fn: string, settings = {}, extras = {}) => task([call('a', fn, settings, extras)]);

describe('a thread', () => {
  const waiting = () => new Int32Array(new SharedArrayBuffer(4));
  const meeting = (count: number, met: Int32Array, iterations: number) => {
    const nodes = [call('a', 'meet', { count })];
    return task(
      nodes,
      Array.from({ length: iterations }, (_, n) => iteration(n, { item: met.buffer })),
    );
  };

  it('that has nothing to do takes over part of a batch, though nothing else ends', async () => {
    const dispatcher = create();
    const batch = { ...meeting(2, waiting(), 4), isDivisible: true };
    expect(outputs(await dispatcher.dispatch(batch))).toEqual(Array.from({ length: 4 }, () => ({ a: 'met' })));
  });

  it.each([10, 0.1])('tells of a task of %s ms though one of the same message takes long', async (ms) => {
    const dispatcher = create({ maxConcurrency: 1 });
    const spun = () => dispatcher.dispatch(one('spin', { ms }));
    await spun();
    const met = waiting();
    const [, second, third] = [spun(), spun(), dispatcher.dispatch(meeting(2, met, 1))];
    await second;
    Atomics.add(met, 0, 1);
    Atomics.notify(met, 0);
    expect(outputs(await third)).toEqual([{ a: 'met' }]);
  });
});

describe('a thread that dies', () => {
  it('by process.exit fails its iteration with the exit code; the queue goes on', async () => {
    const dispatcher = create({ maxConcurrency: 1 });
    const replies = await Promise.all([
      dispatcher.dispatch(one('exit')),
      ...Array.from({ length: 5 }, () => dispatcher.dispatch(one('echo'))),
    ]);
    const [first, ...rest] = replies.map(outputs);
    expect(first).toEqual(['WORKER_EXITED']);
    expect(rest).toEqual(Array.from({ length: 5 }, () => [{ a: null }]));
    const [exited] = replies;
    if (exited === undefined) throw new Error('no reply');
    expect(onlyError(exited)).toMatchObject({
      nodeId: 'a',
      fields: { exitCode: 3 },
      hint: expect.stringContaining('process.exit'),
      source: { line: 7 },
    });
  });

  it('loses no finished iteration and runs the ones that had not begun', async () => {
    const dispatcher = create();
    const all = [0, 1, 2, 3, 4].map((n) => iteration(n));
    const reply = await dispatcher.dispatch(
      task([call('first', 'echo'), call('a', 'exitAt', { at: 2 }), call('last', 'thread')], all, { keep: ['a', 'last'] }),
    );
    expect(outputs(reply).map((each) => (typeof each === 'string' ? each : (each as { a: number }).a))).toEqual([
      0,
      1,
      'WORKER_EXITED',
      3,
      4,
    ]);
    const threads = outputs(reply).map((each) => (each as { last?: number }).last);
    expect(threads[0]).toBe(threads[1]);
    expect(threads[3]).not.toBe(threads[0]);
  });

  it.each([
    ['exits', 'exitAt', {}, 'WORKER_EXITED'],
    ['never yields', 'foreverAt', { timeoutMs: 1_000 }, 'NODE_TIMEOUT'],
    ['is out of memory', 'hoardAt', {}, 'WORKER_OUT_OF_MEMORY'],
  ])('because a task of a pack %s costs its neighbours nothing', async (_what, fn, extras, code) => {
    const dispatcher = create({ maxConcurrency: 1, memoryMb: 64 });
    const runs = new Int32Array(new SharedArrayBuffer(4 * 12));
    const nodes = [
      call('count', 'sharedAddAt'),
      call('where', 'thread'),
      call('a', fn, { at: 6 }, { ...extras, input: expression('index') }),
    ];
    const run = runPackage(nodes);
    const send = (n: number) =>
      dispatcher.dispatch(task(nodes, [iteration(n, { item: runs.buffer, index: n })], { run, keep: ['where', 'a'] }));
    for (let n = 0; n < 12; n++) if (n !== 6) await send(n);
    const before = runs.slice();
    const replies = await Promise.all(Array.from({ length: 12 }, (_, n) => send(n)));
    const all = replies.map((reply) => outputs(reply)[0] as { a: number; where: number } | string);
    expect(all.map((each) => (typeof each === 'string' ? each : each.a))).toEqual([0, 1, 2, 3, 4, 5, code, 7, 8, 9, 10, 11]);
    expect(runs.map((count, n) => count - (before[n] ?? 0))).toEqual(new Int32Array(12).fill(1));
    const threads = all.map((each) => (typeof each === 'string' ? undefined : each.where));
    expect(new Set(threads.slice(0, 6)).size).toBe(1);
    expect(threads[7]).not.toBe(threads[0]);
  });

  it('at its memory limit fails with WORKER_OUT_OF_MEMORY; the pool survives', async () => {
    const dispatcher = create({ maxConcurrency: 1, memoryMb: 32 });
    const [hoard, next] = await Promise.all([dispatcher.dispatch(one('hoard')), dispatcher.dispatch(one('echo'))]);
    expect(onlyError(hoard)).toMatchObject({
      code: 'WORKER_OUT_OF_MEMORY',
      nodeId: 'a',
      hint: expect.stringContaining('memory'),
    });
    expect(outputs(next)).toEqual([{ a: null }]);
  });
});

describe('a thread that does not answer', () => {
  it('is ended soon after its timeout, though it never yields', async () => {
    const dispatcher = create();
    const times: number[] = [];
    // Something else may hold the processor for a while, but hardly each time.
    while (times.length < 4 && !times.some((ms) => ms < 1_500)) {
      await dispatcher.warm();
      const began = performance.now();
      const reply = await dispatcher.dispatch(one('forever', {}, { timeoutMs: 500 }));
      times.push(performance.now() - began);
      expect(outputs(reply)).toEqual(['NODE_TIMEOUT']);
    }
    const least = Math.min(...times);
    expect(least).toBeGreaterThanOrEqual(500);
    expect(least).toBeLessThan(1_500);
  });

  it('takes only its own iteration down', async () => {
    const dispatcher = create();
    const all = [0, 1, 2, 3].map((n) => iteration(n));
    const reply = await dispatcher.dispatch(task([call('a', 'foreverAt', { at: 1 }, { timeoutMs: 1_000 })], all));
    expect(outputs(reply)).toEqual([{ a: 0 }, 'NODE_TIMEOUT', { a: 2 }, { a: 3 }]);
  });

  it('is ended after a cancel', async () => {
    const dispatcher = create();
    const controller = new AbortController();
    const nodes = [call('said', 'talk'), call('a', 'forever')];
    const reply = await dispatcher.dispatch(task(nodes), { signal: controller.signal, onEvent: () => controller.abort() });
    expect(outputs(reply)).toEqual(['RUN_CANCELLED']);
    expect(outputs(await dispatcher.dispatch(one('echo')))).toEqual([{ a: null }]);
  });

  it('gets its grace when it asked for its signal', async () => {
    const dispatcher = create({ graceMs: 300 });
    await dispatcher.warm();
    const began = performance.now();
    const reply = await dispatcher.dispatch(one('ignoreSignal', {}, { timeoutMs: 50 }));
    expect(outputs(reply)).toEqual(['NODE_TIMEOUT']);
    expect(performance.now() - began).toBeGreaterThanOrEqual(350);
  });

  it('does not go on after its attempt was given up', async () => {
    const dispatcher = create({ maxConcurrency: 1 });
    const nodes = [call('where', 'thread'), call('a', 'sleep', { ms: 60_000 }, { timeoutMs: 30 })];
    const reply = await dispatcher.dispatch(task(nodes));
    const next = await dispatcher.dispatch(one('thread'));
    expect(outputs(next)).not.toEqual([{ a: reply.outcomes[0]?.nodes[0]?.output }]);
  });
});

describe('an error that nobody caught', () => {
  it.each(['strayLater', 'strayRejection'])('is reported apart when its task has ended (%s), and blames nobody', async (fn) => {
    let report: (warning: FlowError) => void = () => undefined;
    const warned = new Promise<FlowError>((resolve) => {
      report = resolve;
    });
    const dispatcher = create({ maxConcurrency: 1, onWarning: report });
    expect(outputs(await dispatcher.dispatch(one(fn, { ms: 10 })))).toEqual([{ a: 'innocent so far' }]);
    const next = await dispatcher.dispatch(one('sleep', { ms: 60 }));
    expect(outputs(next)).toEqual([{ a: 'slept' }]);
    expect((await warned).message).toMatch(/stray/);
  });

  it('fails the attempt that it came from', async () => {
    const error = onlyError(await create().dispatch(one('escape')));
    expect(error).toMatchObject({ code: 'NODE_FAILED', message: 'escaped', nodeId: 'a' });
  });

  it('costs no task of which the pool thinks that it may run on the same thread', async () => {
    for (let round = 0; round < 8; round++) {
      // While the other thread starts, more tasks wait in the pool than it has threads.
      const dispatcher = create();
      const tasks = [one('escape'), ...Array.from({ length: 3 }, () => one('sleep', { ms: 5 }))];
      const [escaped, ...others] = await Promise.all(tasks.map((each) => dispatcher.dispatch(each)));
      expect(onlyError(escaped as NonNullable<typeof escaped>).message).toBe('escaped');
      expect(others.map(outputs)).toEqual([[{ a: 'slept' }], [{ a: 'slept' }], [{ a: 'slept' }]]);
      await dispatcher.close();
    }
  });
});

it('a task that is cancelled while its answer is under way is no cause for a warning', async () => {
  const warnings: FlowError[] = [];
  for (let round = 0; round < 15; round++) {
    const dispatcher = create({ onWarning: (warning) => warnings.push(warning) });
    const late = new AbortController();
    const dispatched = Array.from({ length: 4 }, () => dispatcher.dispatch(one('thread'), { signal: late.signal }));
    await Promise.race(dispatched);
    late.abort(new Error('another one was first'));
    await Promise.allSettled(dispatched);
    await dispatcher.close();
  }
  expect(warnings).toEqual([]);
});

describe('a thread that cannot start', () => {
  it.each([
    ['throws', 'broken-plugin.js', /this plugin is broken/],
    ['never ends loading', 'hanging-plugin.js', /cannot start/],
    ['ends the process', 'exiting-plugin.js', /cannot start/],
    ['does not exist', 'no-such-plugin.js', /cannot start/],
  ])('because its plugin %s gives WORKER_FAILED to every task', async (_what, plugin, message) => {
    const dispatcher = create({ plugins: [fixture(plugin)], startMs: plugin.startsWith('hanging') ? 300 : undefined });
    const replies = await Promise.all([1, 2, 3].map(() => dispatcher.dispatch(one('echo'))));
    for (const reply of replies) {
      expect(onlyError(reply)).toMatchObject({
        code: 'WORKER_FAILED',
        nodeId: 'a',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('plugin'),
      });
    }
  });
});

describe('threads that have loaded', () => {
  it('are not given up because this thread was blocked until later than they may take', async () => {
    const marks = await mkdtemp(join(tmpdir(), 'marks-'));
    process.env['TEST_MARKS'] = marks;
    const dispatcher = create({ plugins: [...plugins, fixture('marking-plugin.js')], startMs: 2_000 });
    const warm = dispatcher.warm();
    const reply = dispatcher.dispatch(one('sleep', { ms: 1 }));
    const began = performance.now();
    // Until each thread has answered, and later than it may.
    while (readdirSync(marks).length < 2 || performance.now() - began < 2_500) sleep(20);
    expect(await warm).toHaveLength(2);
    expect(outputs(await reply)).toEqual([{ a: 'slept' }]);
    await rm(marks, { recursive: true });
  });
});

const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('the pool', () => {
  it('of another heap size is told of a wider flow too, when it has threads already', async () => {
    let started = 0;
    const count = () => started++;
    process.on('worker', count);
    const dispatcher = create();
    dispatcher.expect(1);
    await dispatcher.dispatch({ ...one('sleep', { ms: 1 }), memoryMb: 64 });
    expect(started).toBe(1);
    dispatcher.expect(2);
    await new Promise(setImmediate);
    process.off('worker', count);
    expect(started).toBe(2);
  });

  it('of another heap size ends soon after its last task, and closing waits for that', async () => {
    const started: Worker[] = [];
    const note = (worker: Worker) => started.push(worker);
    process.on('worker', note);
    const dispatcher = create({ maxConcurrency: 1 });
    await dispatcher.dispatch({ ...one('sleep', { ms: 1 }), memoryMb: 64 });
    process.off('worker', note);
    const [worker] = started as [Worker];
    let hasEnded = false;
    worker.once('exit', () => {
      hasEnded = true;
    });
    const { terminate } = worker;
    await new Promise<void>((resolve) => {
      worker.terminate = () => {
        resolve();
        return terminate.call(worker);
      };
    });
    expect(hasEnded).toBe(false);
    await dispatcher.close();
    expect([hasEnded, started.length]).toEqual([true, 1]);
  });

  it('leaves no thread behind when it closes, killed ones included', async () => {
    const before = liveThreads();
    const dispatcher = create({ maxConcurrency: 3 });
    await dispatcher.dispatch(one('forever', {}, { timeoutMs: 30 }));
    await dispatcher.warm();
    await expect.poll(liveThreads, { timeout: 20_000 }).toBe(before + 3);
    await dispatcher.close();
    expect(liveThreads()).toBe(before);
  });

  it('starts its threads early and says how long each took', async () => {
    const startMs = await create({ maxConcurrency: 2 }).warm();
    expect(startMs).toHaveLength(2);
    for (const ms of startMs) expect(ms).toBeGreaterThan(0);
  });

  it('sends each thread a package once, whatever order runs come in', async () => {
    const dispatcher = create({ maxConcurrency: 1 });
    const tasks = Array.from({ length: 12 }, (_, n) => task([call('a', 'fixed', { value: n })]));
    for (const round of [tasks, tasks, [...tasks].reverse()]) {
      const replies = await Promise.all(round.map((each) => dispatcher.dispatch(each)));
      expect(replies.map((reply) => outputs(reply)[0])).toEqual(round.map((each) => ({ a: tasks.indexOf(each) })));
    }
  });

  it('does not keep the process alive when idle', async () => {
    const script = `
      import { createThreadDispatcher } from ${JSON.stringify(new URL('../../dist/src/dispatch/threads.js', import.meta.url).href)};
      const dispatcher = createThreadDispatcher({ maxConcurrency: 2 });
      console.log((await dispatcher.warm()).length);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 25_000,
    });
    const printed = (await child.stdout.toArray()).join('');
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect([printed.trim(), code]).toEqual(['2', 0]);
  });
});
