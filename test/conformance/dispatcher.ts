import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dispatcher, DispatcherOptions } from '#src/dispatch/dispatcher.js';
import type { TaskEvent } from '#src/dispatch/types.js';
import type { WorkNode } from '#src/types/ast.js';
import { call, expression, iteration, node, onlyError, outputs, plugins, runPackage, task } from '../dispatch/build.js';

/** What every dispatcher must do, whatever it runs on. */
export function describeDispatcher(name: string, create: (options: DispatcherOptions) => Dispatcher): void {
  describe(name, () => {
    const dispatcher = create({ maxConcurrency: 2, plugins, graceMs: 200 });
    afterAll(() => dispatcher.close());

    describeSegments(dispatcher);
    describeValues(dispatcher);
    describeIsolation(dispatcher);
    describeErrors(dispatcher);
    describeEvents(dispatcher);
    describeStops(dispatcher);
    describeQueue(create);
    describePacks(create);
  });
}

function describeSegments(dispatcher: Dispatcher): void {
  it('passes outputs along a segment and gives one outcome an iteration, in order', async () => {
    const reply = await dispatcher.dispatch(
      task(
        [call('a', 'echo'), call('b', 'double')],
        [1, 2, 3].map((n) => iteration(n)),
      ),
    );
    expect(outputs(reply)).toEqual([1, 2, 3].map((n) => ({ a: n, b: 2 * n })));
  });

  it('keeps only the outputs that are asked for', async () => {
    const reply = await dispatcher.dispatch(task([call('a', 'echo'), call('b', 'double')], [iteration(4)], { keep: ['b'] }));
    const [outcome] = reply.outcomes;
    expect(outcome?.nodes.map((each) => 'output' in each)).toEqual([false, true]);
    expect(outcome?.nodes[1]).toMatchObject({ id: 'b', status: 'completed', output: 8, writes: [] });
  });

  it('skips a node whose `when` is false; its output is null and the next node runs', async () => {
    const nodes = [call('a', 'echo'), call('b', 'echo', {}, { when: expression('a.output > 1') }), call('c', 'echo')];
    const reply = await dispatcher.dispatch(task(nodes, [iteration(1), iteration(2)]));
    expect(outputs(reply)).toEqual([
      { a: 1, b: null, c: null },
      { a: 2, b: 2, c: 2 },
    ]);
    expect(reply.outcomes[0]?.nodes[1]?.status).toBe('skipped');
  });

  it('evaluates input and settings over everything the node may see', async () => {
    const nodes = [
      call('a', 'echo'),
      call('b', 'seen', {
        list: [{ value: expression('a.output + 1') }],
        input: expression('input'),
        shared: expression('other.output'),
        byName: expression('nodes["a"].status'),
        hidden: expression('name'),
        top: expression('config.top'),
        run: expression('run.input.x'),
        started: expression('run.startedAt'),
        item: expression('item.y'),
        text: { kind: 'template', guard: 'none', source: { ...expression('n={{ a.output }}').source } },
      }),
    ];
    const shared = { names: { name: 'shared', '$run.input': { x: 1 } }, nodes: { other: { output: 'o' } } };
    const own = iteration(5, { item: { y: 2 }, index: 3, branch: 1, slice: { names: { name: 'own' }, nodes: {} } });
    const reply = await dispatcher.dispatch(task(nodes, [own], { shared, keep: ['b'] }));
    expect(outputs(reply)[0]).toMatchObject({
      b: {
        config: {
          list: [{ value: 6 }],
          ...{ input: 5, shared: 'o', byName: 'completed', hidden: 'own', top: 10, run: 1, item: 2, text: 'n=5' },
          started: '1970-01-01T00:00:00.000Z',
        },
        ...{ item: { y: 2 }, index: 3, branch: 1, attempt: 1, nodeId: 'b', secrets: { TOKEN: 's' } },
      },
    });
  });

  it('counts attempts for the first node of the segment only', async () => {
    const reply = await dispatcher.dispatch(task([call('a', 'seen'), call('b', 'seen')], [iteration(null, { attempt: 3 })]));
    expect(outputs(reply)[0]).toMatchObject({ a: { attempt: 3 }, b: { attempt: 1 } });
  });

  it('carries variable writes, and shows them to later nodes of the same iteration only', async () => {
    const nodes = [
      call('a', 'write', { name: 'x' }),
      call('b', 'seen', { x: expression('vars.x.count'), y: expression('vars.y') }),
    ];
    const own = (input: number) => iteration(input, { slice: { names: { vars: { y: 'before' } }, nodes: {} } });
    const reply = await dispatcher.dispatch(task(nodes, [own(1), own(2)]));
    expect(reply.outcomes.map((outcome) => outcome.nodes[0]?.writes)).toEqual(
      [1, 2].map((count) => [{ name: 'x', scope: 'workflow', value: { count } }]),
    );
    expect(outputs(reply)).toMatchObject([1, 2].map((x) => ({ b: { config: { x, y: 'before' } } })));
  });
}

function describeValues(dispatcher: Dispatcher): void {
  const echo = async (value: unknown) => {
    const [reply] = outputs(await dispatcher.dispatch(task([call('a', 'echo')], [iteration(null, { input: value })])));
    return (reply as { a: unknown }).a;
  };

  it('carries random values there and back', async () => {
    const values = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await echo(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 200 },
    );
  });

  it('carries large typed arrays without taking them from their owner', async () => {
    const original = new Float64Array(100_000).fill(1.5);
    const holder = { view: original, part: original.subarray(10, 20), lone: original.buffer };
    const back = (await echo(holder)) as typeof holder;
    expect(original.byteLength).toBe(800_000);
    expect(back.view).toEqual(original);
    expect(back.part.buffer).toBe(back.view.buffer);
    expect(back.lone).toBe(back.view.buffer);
  });

  it('shares SharedArrayBuffers', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await dispatcher.dispatch(task([call('a', 'sharedAdd')], [iteration(shared.buffer), iteration(shared.buffer)]));
    expect(shared[0]).toBe(2);
  });

  it('names the part of an input that cannot be copied, and runs the other iterations', async () => {
    const broken = { orders: [{}, { onSave() {} }] };
    const reply = await dispatcher.dispatch(task([call('a', 'echo')], [iteration(broken), iteration(1)]));
    expect(outputs(reply)).toEqual(['VALUE_NOT_CLONEABLE', { a: 1 }]);
    expect(reply.outcomes[0]).toMatchObject({
      nodeId: 'a',
      error: { message: expect.stringContaining('`input`: $.orders[1].onSave is a function') },
    });
  });

  it('names the part of an output that cannot be copied', async () => {
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'returnFunction')])));
    expect(error).toMatchObject({
      code: 'VALUE_NOT_CLONEABLE',
      nodeId: 'a',
      message: expect.stringContaining('$.orders[1].onSave'),
    });
  });

  it.each([2_000, 10_000])('answers clearly to a result nested %i levels deep', async (depth) => {
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'returnNested', { depth })])));
    expect(error).toMatchObject({
      code: 'VALUE_NOT_CLONEABLE',
      nodeId: 'a',
      message: expect.stringMatching(/nested .*\d levels/),
    });
  });

  it('answers clearly to an input nested 10,000 levels deep', async () => {
    let deep: unknown = null;
    for (let level = 0; level < 10_000; level++) deep = [deep];
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'echo')], [iteration(deep)])));
    expect(error).toMatchObject({ code: 'VALUE_NOT_CLONEABLE', message: expect.stringContaining('nested 10000 levels deep') });
  });
}

function describeIsolation(dispatcher: Dispatcher): void {
  const value = () => ({ list: [{ n: 1 }], map: new Map([['k', { n: 1 }]]), when: new Date(5), bytes: new Uint8Array([1, 2]) });

  it('shows no change that user code makes to its input through any other reference', async () => {
    const segments = [
      [call('a', 'echo'), call('b', 'mutate'), call('c', 'echo', {}, { input: expression('a.output') })],
      [
        call('a', 'echo'),
        call('b', 'mutate', {}, { input: expression('a.output') }),
        call('c', 'echo', {}, { input: expression('a.output') }),
      ],
      [
        call('a', 'mutate', {}, { input: expression('input') }),
        call('b', 'mutateItem'),
        call('c', 'echo', {}, { input: expression('item') }),
      ],
      [
        call('a', 'mutate', {}, { input: expression('other.output') }),
        call('b', 'mutate'),
        call('c', 'echo', {}, { input: expression('other.output') }),
      ],
      [
        call('a', 'mutateConfig', { value: expression('other.output') }),
        call('c', 'echo', {}, { input: expression('nodes.other.output') }),
      ],
      [
        node('a', 'source:value', { value: expression('item') }),
        call('b', 'mutateItem'),
        call('c', 'echo', {}, { input: expression('a.output') }),
      ],
      [
        node('a', 'source:value', { value: expression('other.output') }),
        call('b', 'mutate'),
        call('c', 'echo', {}, { input: expression('a.output') }),
      ],
    ];
    for (const nodes of segments) {
      const shared = { names: {}, nodes: { other: { output: value() } } };
      const iterations = [1, 2].map(() => iteration(value(), { item: value() }));
      const reply = await dispatcher.dispatch(task(nodes, iterations, { shared, keep: ['c'] }));
      expect(outputs(reply)).toEqual([{ c: value() }, { c: value() }]);
      expect(shared.nodes.other.output).toEqual(value());
      expect(iterations[0]).toEqual(iteration(value(), { item: value() }));
    }
  });

  it('keeps what a node gave even if a later node changes it, or its module keeps it', async () => {
    const handedOver = await dispatcher.dispatch(task([call('a', 'echo'), call('b', 'mutate')], [iteration(value())]));
    expect((outputs(handedOver)[0] as { a: unknown }).a).toEqual(value());
    const reply = await dispatcher.dispatch(task([call('a', 'keepState'), call('b', 'keepState')]));
    const { a, b } = outputs(reply)[0] as Record<string, { calls: number }>;
    expect(b?.calls).toBe((a?.calls ?? 0) + 1);
  });

  it('gives iterations that share an object each their own', async () => {
    const item = value();
    const reply = await dispatcher.dispatch(
      task(
        [call('a', 'mutate'), call('b', 'mutateItem')],
        [item, item].map((each) => iteration(each, { item: each })),
      ),
    );
    const [first, second] = outputs(reply);
    expect(second).toEqual(first);
    expect(item).toEqual(value());
  });

  it('shows no random mutation anywhere else', async () => {
    const values = fc.object({ withMap: true, withSet: true, withDate: true, withTypedArray: true, withNullPrototype: false });
    const nodes = [
      call('a', 'mutate', {}, { input: expression('input') }),
      call('b', 'mutate', {}, { input: expression('item') }),
      call('c', 'mutate', {}, { input: expression('given') }),
      call('d', 'echo', {}, { input: expression('item') }),
      call('e', 'echo', {}, { input: expression('given') }),
    ];
    const run = runPackage(nodes);
    await fc.assert(
      fc.asyncProperty(values, values, async (item, given) => {
        const before = structuredClone({ item, given });
        const both = [1, 2].map(() => iteration(item, { item }));
        const reply = await dispatcher.dispatch(
          task(nodes, both, { run, shared: { names: { given }, nodes: {} }, keep: ['d', 'e'] }),
        );
        expect(outputs(reply)).toStrictEqual(both.map(() => ({ d: before.item, e: before.given })));
        expect({ item, given }).toStrictEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses writes to the run’s config, which all nodes share', async () => {
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'touchRunConfig')])));
    expect(error).toMatchObject({ code: 'NODE_FAILED', name: 'TypeError' });
  });
}

function describeErrors(dispatcher: Dispatcher): void {
  it.each([
    ['throwNull', { code: 'NODE_FAILED', message: 'null was thrown' }],
    ['throwText', { code: 'NODE_FAILED', message: 'just text', name: 'Error' }],
    ['throwFunction', { code: 'NODE_FAILED', message: 'a function (culprit) was thrown' }],
    ['throwSymbol', { code: 'NODE_FAILED', message: 'Symbol(culprit) was thrown' }],
    ['throwObject', { code: 'E_OBJECT', message: 'an object', fields: { amount: 3 } }],
    ['throwRich', { code: '402', name: 'PaymentError', message: 'no funds', fields: { amount: new Map([['EUR', 3n]]) } }],
    ['rejectLater', { code: 'NODE_FAILED', name: 'RangeError', message: 'later' }],
  ])('reports what %s throws, with its place', async (fn, expected) => {
    const reply = await dispatcher.dispatch(task([call('before', 'echo'), call('a', fn)], [iteration(1)]));
    const error = onlyError(reply);
    expect(error).toMatchObject({ ...expected, nodeId: 'a', attempt: 1, source: { file: 'flow.xml', line: 7, column: 3 } });
    expect(reply.outcomes[0]).toMatchObject({ nodeId: 'a', nodes: [{ id: 'before', output: 1 }] });
  });

  it('keeps stack and cause of what user code throws', async () => {
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'throwRich')])));
    expect(error.stack).toContain('plugin.js');
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'root' });
    expect(Object.keys(error.fields)).toEqual(['amount']);
  });

  it('goes on with the next iteration after a failure', async () => {
    const node = call('a', 'throwText', {}, { when: expression('input == 1') });
    expect(
      outputs(
        await dispatcher.dispatch(
          task(
            [node],
            [0, 1, 0].map((n) => iteration(n)),
          ),
        ),
      ),
    ).toEqual([{ a: null }, 'NODE_FAILED', { a: null }]);
  });
}

function describeEvents(dispatcher: Dispatcher): void {
  it('passes on logs and progress in order, all of them before the reply', async () => {
    const events: TaskEvent[] = [];
    const all = [0, 1, 2].map((n) => iteration(n));
    await dispatcher.dispatch(task([call('a', 'talk')], all), { onEvent: (event) => events.push(event) });
    const told = events
      .filter((event) => event.type === 'log' || event.type === 'progress')
      .map((event) => `${event.iteration} ${event.type === 'log' ? event.message : event.done}`);
    const steps = ['first', ...Array.from({ length: 50 }, (_, done) => done + 1), 'last'];
    expect(told).toEqual([0, 1, 2].flatMap((n) => steps.map((step) => `${n} ${step}`)));
  });

  it('says how many iterations have finished while the task goes on', async () => {
    const counts: number[] = [];
    const onEvent = (event: TaskEvent) => event.type === 'finished' && counts.push(event.count);
    await dispatcher.dispatch(
      task(
        [call('a', 'spin', { ms: 20 })],
        [1, 2, 3, 4].map((n) => iteration(n)),
      ),
      { onEvent },
    );
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.reduce((a, b) => a + b)).toBeLessThan(4);
  });
}

function describeStops(dispatcher: Dispatcher): void {
  const timed = (fn: string, timeoutMs: number, settings = {}) => call('a', fn, settings, { timeoutMs });

  it.each([
    ['waits without its signal', 'sleep', { ms: 60_000 }],
    ['stops on its signal', 'sleepPolitely', { ms: 60_000 }],
    ['ignores its signal', 'ignoreSignal', {}],
    ['polls isCancelled()', 'pollForever', {}],
    ['returns too late', 'spin', { ms: 60 }],
  ])('times out an attempt that %s', async (_what, fn, settings) => {
    const began = performance.now();
    const error = onlyError(await dispatcher.dispatch(task([timed(fn, 30, settings)])));
    expect(error).toMatchObject({ code: 'NODE_TIMEOUT', nodeId: 'a', message: expect.stringContaining('30 ms') });
    // Soon enough, however busy the machine: none of them ends by itself within this time but the last.
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('goes on with the other iterations after a timeout', async () => {
    const node = call('a', 'sleep', { ms: expression('input') }, { timeoutMs: 1_000 });
    const reply = await dispatcher.dispatch(
      task(
        [node],
        [1, 60_000, 1].map((ms) => iteration(ms)),
      ),
    );
    expect(outputs(reply)).toEqual([{ a: 'slept' }, 'NODE_TIMEOUT', { a: 'slept' }]);
  });

  it.each(['sleep', 'sleepPolitely'])('cancels a running attempt (%s)', async (fn) => {
    const controller = new AbortController();
    const onEvent = () => controller.abort();
    const nodes = [call('said', 'talk'), call('a', fn, { ms: 60_000 })];
    const reply = await dispatcher.dispatch(task(nodes, [iteration(1), iteration(2)]), { signal: controller.signal, onEvent });
    expect(outputs(reply)).toEqual(['RUN_CANCELLED', 'RUN_CANCELLED']);
  });

  it('never starts a task whose signal has aborted', async () => {
    const reply = await dispatcher.dispatch(task([call('a', 'echo')]), { signal: AbortSignal.abort() });
    expect(outputs(reply)).toEqual(['RUN_CANCELLED']);
  });
}

function describeQueue(create: (options: DispatcherOptions) => Dispatcher): void {
  it('starts the highest priority first, then in order of arrival', async () => {
    const dispatcher = create({ maxConcurrency: 1, plugins });
    const ended: string[] = [];
    const send = (name: string, priority: number) =>
      dispatcher.dispatch(task([call('a', 'echo')], [iteration(1)], { priority })).then(() => ended.push(name));
    await Promise.all([send('running', 0), send('low', 0), send('high', 5), send('low too', 0), send('high too', 5)]);
    await dispatcher.close();
    expect(ended).toEqual(['running', 'high', 'high too', 'low', 'low too']);
  });

  it('starts a more urgent task before those that wait on the thread already', async () => {
    const dispatcher = create({ maxConcurrency: 1, plugins });
    const ended: string[] = [];
    const gate = (isOpen: number) => new Int32Array(new SharedArrayBuffer(4)).fill(isOpen);
    const [open, held] = [gate(1), gate(0)];
    const send = (name: string, priority: number, item = open) =>
      dispatcher
        .dispatch(task([call('a', 'spinUntil', { ms: 20 })], [iteration(1, { item: item.buffer })], { priority }))
        .then(() => ended.push(name));
    await send('known', 0);
    const [first, ...others] = [send('first', 0), send('second', 0, held), send('third', 0), send('fourth', 0)];
    await first;
    const urgent = send('urgent', 5);
    // However late this comes, the second has not ended before.
    Atomics.store(held, 0, 1);
    await Promise.all([urgent, ...others]);
    await dispatcher.close();
    expect(ended).toEqual(['known', 'first', 'second', 'urgent', 'third', 'fourth']);
  });

  it('cancels what waits in the queue and runs the rest', async () => {
    const dispatcher = create({ maxConcurrency: 1, plugins });
    const controller = new AbortController();
    const running = dispatcher.dispatch(task([call('a', 'spin', { ms: 20 })]));
    const queued = dispatcher.dispatch(task([call('a', 'echo')]), { signal: controller.signal });
    const next = dispatcher.dispatch(task([call('a', 'echo')], [iteration(2)]));
    controller.abort();
    expect(outputs(await queued)).toEqual(['RUN_CANCELLED']);
    expect(outputs(await running)).toEqual([{ a: 'spun' }]);
    expect(outputs(await next)).toEqual([{ a: 2 }]);
    await dispatcher.close();
  });

  it('takes 10,000 tasks on one signal without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const dispatcher = create({ maxConcurrency: 2, plugins });
    const { signal } = new AbortController();
    const one = task([call('a', 'echo')], [iteration(1)]);
    const replies = await Promise.all(Array.from({ length: 10_000 }, () => dispatcher.dispatch(one, { signal })));
    expect(replies.every((reply) => reply.outcomes[0]?.status === 'completed')).toBe(true);
    await dispatcher.close();
    await sleep(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('cancels running and queued tasks when it closes, and takes no more', async () => {
    const dispatcher = create({ maxConcurrency: 1, plugins });
    const said = new Promise<void>((resolve) => {
      void dispatcher
        .dispatch(task([call('a', 'talk'), call('b', 'sleep', { ms: 60_000 })]), { onEvent: () => resolve() })
        .then((reply) => ended.push(reply));
    });
    const ended: unknown[] = [];
    const queued = dispatcher.dispatch(task([call('a', 'echo')]));
    await said;
    await Promise.all([dispatcher.close(), dispatcher.close()]);
    expect(outputs(await queued)).toEqual(['RUN_CANCELLED']);
    expect(ended).toMatchObject([{ outcomes: [{ status: 'failed', error: { code: 'RUN_CANCELLED' } }] }]);
    await expect(dispatcher.dispatch(task([call('a', 'echo')]))).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  });
}

/** Small tasks that wait together may travel together; nothing of that may show. */
function describePacks(create: (options: DispatcherOptions) => Dispatcher): void {
  const burst = async (nodes: readonly WorkNode[]) => {
    const dispatcher = create({ maxConcurrency: 1, plugins, graceMs: 100 });
    const run = runPackage(nodes);
    const order: string[] = [];
    const send = async (node: WorkNode, n: number) => {
      const reply = await dispatcher.dispatch(task([node], [iteration(n)], { run }));
      order.push(node.id);
      return outputs(reply)[0];
    };
    // Known as short from here on.
    for (let n = 0; n < 12; n++) await dispatcher.dispatch(task([call('known', 'echo')], [iteration(n)]));
    const replies = await Promise.all(nodes.map(send));
    await dispatcher.close();
    return { replies, order };
  };
  const ids = ['first', 'a', 'b', 'c', 'd', 'e'];
  const echoes = (middle: WorkNode) => ids.map((id) => (id === 'c' ? middle : call(id, 'echo')));
  const around = (middle: unknown) => ids.map((id, n) => (id === 'c' ? middle : { [id]: n }));

  it('gives each of many waiting tasks its own reply, in order', async () => {
    const { replies, order } = await burst(echoes(call('c', 'double')));
    expect(replies).toEqual(around({ c: 6 }));
    expect(order).toEqual(ids);
  });

  it.each([
    ['throws', call('c', 'throwRich'), '402'],
    ['gives back what cannot be copied', call('c', 'returnFunction'), 'VALUE_NOT_CLONEABLE'],
    ['times out', call('c', 'sleep', { ms: 60_000 }, { timeoutMs: 30 }), 'NODE_TIMEOUT'],
  ])('harms no neighbour when a task among them %s', async (_what, middle, code) => {
    expect((await burst(echoes(middle))).replies).toEqual(around(code));
  });

  it('harms no neighbour when a task among them is cancelled while it runs', async () => {
    const controller = new AbortController();
    const dispatcher = create({ maxConcurrency: 1, plugins, graceMs: 100 });
    const nodes = [call('said', 'talk'), call('c', 'sleep', { ms: 60_000 })];
    for (let n = 0; n < 12; n++) await dispatcher.dispatch(task([call('known', 'echo')], [iteration(n)]));
    const run = runPackage([...ids.map((id) => call(id, 'echo')), ...nodes]);
    const echo = (id: string, n: number) => dispatcher.dispatch({ ...task([call(id, 'echo')], [iteration(n)]), run });
    const before = [echo('first', 0), echo('a', 1), echo('b', 2)];
    const { signal } = controller;
    const onEvent = () => controller.abort();
    const middle = dispatcher.dispatch({ ...task(nodes, [iteration(3)]), run }, { signal, onEvent });
    const after = [echo('d', 4), echo('e', 5)];
    expect(outputs(await middle)).toEqual(['RUN_CANCELLED']);
    const replies = await Promise.all([...before, ...after]);
    expect(replies.map((reply) => outputs(reply)[0])).toEqual([{ first: 0 }, { a: 1 }, { b: 2 }, { d: 4 }, { e: 5 }]);
    await dispatcher.close();
  });

  it('starts no iteration after a failed one where one failure ends the task', async () => {
    const dispatcher = create({ maxConcurrency: 2, plugins });
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const nodes = [call('n', 'sharedAdd'), call('c', 'throwText', {}, { when: expression('item == 2') })];
    const all = Array.from({ length: 50 }, (_, item) => iteration(seen.buffer, { item }));
    const reply = await dispatcher.dispatch(task(nodes, all, { stopsAtFailure: true }));
    const codes = reply.outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.error.code : outcome.status));
    const ended = ['completed', 'completed', 'NODE_FAILED'];
    expect(codes).toEqual([...ended, ...Array.from({ length: 47 }, () => 'RUN_CANCELLED')]);
    expect(seen[0]).toBe(3);
    await dispatcher.close();
  });

  it('gives every iteration of a divisible task one outcome, however many there are', async () => {
    const dispatcher = create({ maxConcurrency: 3, plugins });
    const all = Array.from({ length: 5_000 }, (_, n) => iteration({ n, deep: n % 2 === 0 ? [n] : n }));
    const reply = await dispatcher.dispatch(task([call('a', 'echo')], all, { isDivisible: true }));
    expect(outputs(reply)).toEqual(all.map(({ input }) => ({ a: input })));
    await dispatcher.close();
  });
}
