import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createThreadDispatcher } from '#src/dispatch/threads.js';
import { FlowError } from '#src/errors/flow-error.js';
import { runFlow } from '#src/execution/run.js';
import { registry } from '#src/runtimes/registry.js';
import { expression, iteration, node, onlyError, runPackage, task } from '../dispatch/build.js';
import { createFolder } from '../runtimes/run-node.js';
import { call, engine, flow, modules } from './flows.js';

const modes = ['threads', 'async'] as const;
/** A loop at the top of a module can be ended in a thread alone. */
const neverEnding = [
  ['load-hangs.mjs', 'threads', '; it was waiting'],
  ['load-hangs.mjs', 'async', '; it was waiting'],
  ['load-spins.mjs', 'threads', ''],
] as const;
/** They take ten seconds: the other tests run meanwhile. */
let neverLoaded: readonly Promise<FlowError | undefined>[];
beforeAll(() => {
  neverLoaded = neverEnding.map(async ([src, mode]) => {
    const loads = flow(`<transform:module id="bad" src="./${src}" timeout="1s"/>`);
    return (await engine({ mode }).run(loads)).error;
  });
});

const counter = () => new Int32Array(new SharedArrayBuffer(4));
/** Whose grace is enough on any machine for what cleans up in a moment. */
const patientEngine = () => engine({ graceMs: 20_000 });

describe('a timeout', () => {
  const timed = (fn: string) => {
    const settings = { src: './stops.mjs', export: fn };
    const nodes = [node(fn, 'transform:module', settings, { timeoutMs: 400, input: expression('null') })];
    return task(nodes, [iteration()], { run: runPackage(nodes, { flowDirectory: modules }) });
  };
  // However busy the machine is, it has time to say where it was.
  const patient = () => createThreadDispatcher({ maxConcurrency: 4, graceMs: 0, stackMs: 20_000 });

  it('tells in which calls the thread was that never yielded', async () => {
    const dispatcher = patient();
    const error = onlyError(await dispatcher.dispatch(timed('loop')));
    await dispatcher.close();
    expect(error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'loop', hint: expect.stringContaining('isCancelled') });
    const frames =
      /^FlowError: "loop" took longer.*\n {4}at inner \(file:.*stops\.mjs:5:\d+\)\n {4}at loop \(file:.*stops\.mjs:10:\d+\)/;
    expect(error.stack).toMatch(frames);
    expect(error.fields['stack']).toBe(error.stack?.split('\n').slice(1).join('\n'));
    expect(error.stack).not.toMatch(/dist|node:|piscina/);
  });

  it('tells them of code that gave itself a URL which is none', async () => {
    const dispatcher = patient();
    const error = onlyError(await dispatcher.dispatch(timed('loopMadeUp')));
    await dispatcher.close();
    expect(error.stack).toMatch(
      /\n {4}at spin \(file:\/\/elsewhere\/made%2Fup\.js:\d+:\d+\)\n {4}at loopMadeUp \(file:.*stops\.mjs:/,
    );
  });

  it('tells them as they stand in TypeScript', async () => {
    const folder = await createFolder({
      'spin.ts': 'export default function spin(_: unknown): never {\n  let n: number = 0 as number; for (;;) n = n * 2;\n}\n',
    });
    // One that was written after the process had started might not be the one that was loaded.
    utimesSync(join(folder.path, 'spin.ts'), 1, 1);
    const nodes = [node('spin', 'transform:module', { src: './spin.ts' }, { timeoutMs: 200, input: expression('null') })];
    const dispatcher = patient();
    const error = onlyError(
      await dispatcher.dispatch(task(nodes, [iteration()], { run: runPackage(nodes, { flowDirectory: folder.path }) })),
    );
    await Promise.all([dispatcher.close(), folder.remove()]);
    const [, line, column] = /at spin \(.*spin\.ts:(\d+):(\d+)\)/.exec(error.stack ?? '') ?? [];
    // Somewhere in the loop, which stands further left in the code that runs.
    expect([Number(line), Number(column) >= 32]).toEqual([2, true]);
  });

  it('tells it of each of several threads that are ended at one time', async () => {
    const dispatcher = patient();
    const replies = await Promise.all(['loop', 'pollDeaf', 'loop', 'pollDeaf'].map((fn) => dispatcher.dispatch(timed(fn))));
    await dispatcher.close();
    const stacks = replies.map((reply) => onlyError(reply).stack);
    expect(stacks.map((stack) => /at (inner|pollDeaf) \(file/.exec(stack ?? '')?.[1])).toEqual([
      'inner',
      'pollDeaf',
      'inner',
      'pollDeaf',
    ]);
  });

  it('tells it to whoever cancels because it goes on, and not to a block that needs it no more', async () => {
    const dispatcher = patient();
    const stackAfter = async (reason: Error): Promise<unknown> => {
      const controller = new AbortController();
      const onEvent = () => controller.abort(reason);
      const cancelled = { ...timed('loop'), run: untimed };
      const error = onlyError(await dispatcher.dispatch(cancelled, { signal: controller.signal, onEvent }));
      expect(error.code).toBe('RUN_CANCELLED');
      return error.fields['stack'];
    };
    const nodes = [node('loop', 'transform:module', { src: './stops.mjs', export: 'loop' }, { input: expression('null') })];
    const untimed = runPackage(nodes, { flowDirectory: modules });
    expect(await stackAfter(new Error('Interrupted'))).toMatch(/^ {4}at inner \(file:.*stops\.mjs:5:\d+\)/);
    expect(await stackAfter(new FlowError('RUN_CANCELLED', 'the race is won'))).toBeUndefined();
    await dispatcher.close();
  });

  it.each([
    ['a flow', '', 'FLOW_TIMEOUT', { timeoutMs: 700 }],
    ['a block', 'timeout="700ms"', 'NODE_TIMEOUT', {}],
  ])('of %s tells in which calls a thread was that it ended', async (_what, attributes, code, options) => {
    const dispatcher = patient();
    await dispatcher.warm();
    const body = `<parallel id="p" ${attributes}><branch>${call('loop')}</branch></parallel>`;
    const { error } = await runFlow(flow(body), { dispatcher, registry, maxConcurrency: 1 }, { input: null, ...options });
    await dispatcher.close();
    expect([error?.code, error?.errors]).toEqual([code, []]);
    expect(error?.message).toMatch(/ took longer than 700 ms; running then: p\[0\]\/loop \(for [\d.]+m?s\)$/);
    expect(error?.fields['running']).toEqual([{ path: 'p[0]/loop', ms: expect.any(Number) }]);
    expect(error?.stack).toMatch(/^FlowError: .* took longer than 700 ms; .*\n {4}at inner \(file:.*stops\.mjs:5:\d+\)/);
    expect(error?.fields['stack']).toContain('at loop (file:');
  });

  it('of a block tells it of the attempt that ran last', async () => {
    const dispatcher = patient();
    await dispatcher.warm();
    const body = `<parallel id="p" timeout="700ms"><retry limit="1" delay="1ms"/><branch>${call('loopByAttempt')}</branch></parallel>`;
    const { error } = await runFlow(flow(body), { dispatcher, registry, maxConcurrency: 1 }, { input: counter().buffer });
    await dispatcher.close();
    expect(error?.fields['stack']).toMatch(/^ {4}at secondAttempt \(file:/);
  });

  it('names a node that waits for its next attempt as no running one', async () => {
    const { error } = await engine().run(flow('<fail id="f"><retry limit="1" delay="1m"/></fail>'), { timeoutMs: 300 });
    expect(error).toMatchObject({ code: 'FLOW_TIMEOUT', message: expect.stringContaining('no node was running then') });
  });

  it.each([
    ['source:file', '<source:file id="n" path="/dev/zero" format="binary" timeout="5ms"/>', /pipe/],
    [
      'transform:select',
      '<transform:select id="n" timeout="1ms">lists.range(300000).map(x, x * 2)</transform:select>',
      /fewer or smaller/,
    ],
  ])('has a cure that fits the kind of node: %s', async (_type, node, cure) => {
    const { error } = await engine().run(flow(node));
    expect(error).toMatchObject({ code: 'NODE_TIMEOUT', hint: expect.stringMatching(cure) });
    expect(error?.hint).not.toContain('context.');
  });

  it('stops native code too', async () => {
    const { error } = await engine().run(flow(call('native', 'timeout="100ms"')));
    expect(error?.code).toBe('NODE_TIMEOUT');
  });

  it('says of code that had yielded that it was waiting', async () => {
    const { error } = await engine().run(flow(call('promise', 'timeout="300ms"')));
    expect(error).toMatchObject({
      code: 'NODE_TIMEOUT',
      message: expect.stringContaining('it was waiting'),
      hint: expect.stringContaining('context.signal'),
    });
  });

  it('gives a loop that asks isCancelled() its grace', async () => {
    const cleaned = counter();
    const { error } = await patientEngine().run(flow(call('poll', 'timeout="100ms"')), { input: cleaned.buffer });
    expect(error?.code).toBe('NODE_TIMEOUT');
    expect(cleaned[0]).toBe(1);
  });

  it('ends a loop that asks isCancelled() and goes on, after the grace', async () => {
    const began = performance.now();
    const { error } = await engine({ graceMs: 300 }).run(flow(call('pollDeaf', 'timeout="100ms"')));
    expect(error?.code).toBe('NODE_TIMEOUT');
    expect(performance.now() - began).toBeGreaterThanOrEqual(400);
  });

  it('gives code that waits for its signal its grace', async () => {
    const cleaned = counter();
    const { error } = await patientEngine().run(flow(call('tidy', 'timeout="100ms"')), { input: cleaned.buffer });
    expect(error?.code).toBe('NODE_TIMEOUT');
    expect(cleaned[0]).toBe(1);
  });

  it('starts with the attempt, however long it waited in the queue', async () => {
    const body = `<parallel id="both"><branch>${call('spin', 'input="600"')}</branch><branch>${call('echo', 'timeout="300ms" input="1"')}</branch></parallel>`;
    const { status } = await engine({ maxConcurrency: 1 }).run(flow(body));
    expect(status).toBe('completed');
  });

  it.each(modes)('does not count the time that its module takes to load, mode %s', async (mode) => {
    const node = '<transform:module id="slow" src="./slow-to-load.mjs" timeout="200ms"/>';
    const { status, output } = await engine({ mode }).run(flow(node), { input: 7 });
    expect([status, output]).toEqual(['completed', 7]);
  });
});

describe('an end of the engine while a thread tells where it is', () => {
  it('does not wait for it', async () => {
    for (const delayMs of [40, 50, 60, 80, 100, 140]) {
      const closing = engine();
      const running = closing.run(flow(call('loop', 'timeout="1ms"')), { input: null });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await closing.close();
      expect((await running).status).not.toBe('completed');
    }
  });

  it('lets the process exit', async () => {
    const script = `
      import { createEngine, parseWorkflow } from ${JSON.stringify(new URL('../../dist/src/index.js', import.meta.url).href)};
      const engine = createEngine({ maxConcurrency: 1 });
      const flow = parseWorkflow(${JSON.stringify(`<workflow name="exit">${call('loop', 'timeout="50ms"')}</workflow>`)}, { file: ${JSON.stringify(`${modules}flow.xml`)} });
      engine.run(flow, { input: null, onEvent: ({ type }) => type === 'log' && setTimeout(() => process.exit(5), Number(process.argv[1])) })
        .finally(() => setTimeout(() => process.exit(5), 200));`;
    for (const delayMs of [90, 110, 130]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, String(delayMs)], { stdio: 'inherit' });
      expect(await once(child, 'exit')).toEqual([5, null]);
    }
  });
});

describe('a cancel while a node waits for its next attempt', () => {
  it.each(['node', 'block'])('makes the run cancelled, and never completed without it (%s)', async (where) => {
    const retry = '<retry limit="1" delay="1m"/>';
    const fail = `<fail id="no" code="NO" message="no">${where === 'node' ? retry : ''}</fail>`;
    const inner = where === 'node' ? fail : `<parallel id="inner"><branch>${fail}</branch>${retry}</parallel>`;
    const controller = new AbortController();
    const onEvent = ({ type }: { readonly type: string }) => type === 'node.retrying' && controller.abort();
    const body = `<parallel id="p" onError="continue"><branch>${inner}</branch></parallel>`;
    const { status } = await engine({ mode: 'async' }).run(flow(body), { signal: controller.signal, onEvent });
    expect(status).toBe('cancelled');
  });
});

describe('a module that never ends loading', () => {
  it.each(neverEnding)('ends its node, which tells so: %s in mode %s', async (src, mode, waiting) => {
    const at = neverEnding.findIndex((each) => each[0] === src && each[1] === mode);
    expect(await neverLoaded[at]).toMatchObject({
      code: 'NODE_TIMEOUT',
      nodeId: 'bad',
      message: `"bad" was still loading ./${src} after 10000 ms${waiting}`,
      hint: expect.stringContaining('Code at the top of a module runs when it is loaded'),
    });
  });
});
