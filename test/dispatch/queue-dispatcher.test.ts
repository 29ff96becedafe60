import { describe, expect, it } from 'vitest';
import { ControlSlot, createControlBlock } from '#src/dispatch/control-block.js';
import { Flight } from '#src/dispatch/flight.js';
import { Parcel } from '#src/dispatch/parcel.js';
import { type DispatchBody, QueueDispatcher } from '#src/dispatch/queue-dispatcher.js';
import type { Task, TaskReply } from '#src/dispatch/types.js';
import { FlowError } from '#src/errors/flow-error.js';
import { call, iteration, node, onlyError, runPackage, task } from './build.js';

/** A body that ends every iteration at once, after as much work as the first one's input says, and notes what came together. */
function recorder(packsTasks: boolean) {
  const messages: unknown[][] = [];
  const body: DispatchBody = {
    ...{ mode: 'threads', packsTasks, free: 1, idle: 1, onFree: undefined, onStop: undefined },
    run: async (parcel) => {
      const inputs: unknown[] = [];
      for (const flight of parcel.flights) {
        const durationMs = Number(flight.task.iterations.at(0)?.input);
        inputs.push(durationMs);
        const record = { id: 'a', status: 'completed', startedAt: 0, durationMs, writes: [] } as const;
        for (const position of flight.task.iterations.keys()) flight.advance(position, { status: 'completed', nodes: [record] });
      }
      messages.push(inputs);
      return () => undefined;
    },
    close: async () => undefined,
  };
  return { body, messages };
}

const nodes = [call('a', 'echo')];
const run = runPackage(nodes);
const send = (dispatcher: QueueDispatcher, ms: number, extras = {}) =>
  dispatcher.dispatch(task(nodes, [iteration(ms)], { run, ...extras }));

describe('a message that cannot be composed', () => {
  it('has an end for each of its tasks, also behind the one that it fails at', async () => {
    const fault = new Error('no digest');
    const digestOf = () => {
      throw fault;
    };
    const record = { base: '', frontsOf: digestOf, prefix: '', isIndexed: false, digestOf };
    const parcel = new Parcel(0, run);
    const replies = [undefined, record, undefined].map((each, id) => {
      const flight = new Flight(id, task(nodes, [iteration(new Map())], { run, record: each }), {});
      parcel.add(flight);
      return new Promise<TaskReply>((resolve) => {
        flight.onLanded = resolve;
      });
    });
    expect(() => parcel.compose({ position: 0, slot: new ControlSlot(createControlBlock(1), 0) })).toThrow(fault);
    parcel.manifest.failMissing(new FlowError('NODE_FAILED', fault.message));
    expect((await Promise.all(replies)).map((reply) => onlyError(reply).message)).toEqual(Array(3).fill('no digest'));
  });
});

describe('iterations that were withdrawn', () => {
  it('are no loss to a message that fails: they may run elsewhere by now', async () => {
    const sent: { readonly parcel: Parcel; leave(): void }[] = [];
    const body: DispatchBody = {
      ...{ mode: 'threads', packsTasks: true, free: 2, idle: 2, onFree: undefined, onStop: undefined },
      run: (parcel) => {
        parcel.compose({ position: 0, slot: new ControlSlot(createControlBlock(1), 0) });
        return new Promise((resolve) => sent.push({ parcel, leave: () => resolve(() => undefined) }));
      },
      close: async () => undefined,
    };
    const dispatcher = new QueueDispatcher(body, 1);
    const low = dispatcher.dispatch(
      task(
        nodes,
        [0, 1, 2, 3].map((n) => iteration(n)),
        { run, isDivisible: true },
      ),
    );
    void send(dispatcher, 5, { priority: 9 });
    const [first] = sent;
    first?.parcel.manifest.failMissing(new FlowError('WORKER_FAILED', 'it cannot start'));
    first?.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent.map(({ parcel }) => parcel.size)).toEqual([4, 1]);
    for (const next of [1, 2]) {
      sent[next]?.parcel.manifest.failMissing(new FlowError('NODE_FAILED', 'of its own'));
      sent[next]?.leave();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { outcomes } = await low;
    const codes = outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.error.code : outcome.status));
    expect(codes).toEqual(['WORKER_FAILED', 'NODE_FAILED', 'NODE_FAILED', 'NODE_FAILED']);
  });
});

describe('waiting tasks', () => {
  it('go alone as long as it is unknown how long they take', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    await send(dispatcher, 100);
    await Promise.all([100, 100, 100].map((ms) => send(dispatcher, ms)));
    expect(messages).toEqual([[100], [100], [100], [100]]);
  });

  it('share a message of a few milliseconds when their kind is short', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    await send(dispatcher, 0.5);
    await Promise.all(Array.from({ length: 20 }, () => send(dispatcher, 0.5)));
    expect(messages.map((inputs) => inputs.length)).toEqual([1, 1, 8, 8, 3]);
  });

  it('share a message of at most 400 ms when they are longer and take about as long', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    await send(dispatcher, 80);
    await Promise.all(Array.from({ length: 8 }, () => send(dispatcher, 80)));
    expect(messages.map((inputs) => inputs.length)).toEqual([1, 1, 5, 2]);
  });

  it('share a message of at most 100 ms when one of them is said to take longer', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    const short = call('a', 'echo');
    const long = { ...call('b', 'echo'), costMs: 60 };
    const both = runPackage([short, long]);
    const start = (node: typeof short) => dispatcher.dispatch(task([node], [iteration(20)], { run: both }));
    await start(short);
    await Promise.all([short, short, short, long, short, short].map(start));
    expect(messages.map((inputs) => inputs.length)).toEqual([1, 1, 3, 2]);
  });

  it('share a message of at most 100 ms when their iterations must stay together, and so on one thread', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    const sendTwo = () => dispatcher.dispatch(task(nodes, [iteration(20), iteration(20)], { run }));
    await sendTwo();
    await Promise.all(Array.from({ length: 6 }, sendTwo));
    expect(messages.map((inputs) => inputs.length)).toEqual([1, 1, 2, 2, 1]);
  });

  it('go alone while one of their kind was very long a short time ago', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    for (const ms of [400, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) await send(dispatcher, ms);
    messages.length = 0;
    await Promise.all([0.1, 400, 0.1, 0.1].map((ms) => send(dispatcher, ms)));
    expect(messages).toEqual([[0.1], [400], [0.1], [0.1]]);
  });

  it('go alone when their author says that they are long', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    const hinted = runPackage(nodes.map((node) => ({ ...node, costMs: 80 })));
    await send(dispatcher, 0.1, { run: hinted });
    await Promise.all([1, 2, 3].map(() => send(dispatcher, 0.1, { run: hinted })));
    expect(messages.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });

  it('say nothing of how long their kind takes when they are cancelled before they begin', async () => {
    const { body } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    await send(dispatcher, 100);
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const all = [1, 2, 3, 4].map(() => dispatcher.dispatch(task(nodes, [iteration(100)], { run }), options));
    stop.abort();
    await Promise.all(all);
    expect(dispatcher.expectMs({ run, nodeIds: ['a'] })).toBe(100);
  });

  it.each([
    [6, [1, 1, 2, 1, 1]],
    [5, [1, 1, 1, 1, 1]],
  ])('leave longer ones to the other threads: %s', async (count, sizes) => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher({ ...body, free: 2 }, 2);
    await send(dispatcher, 10);
    await Promise.all(Array.from({ length: count }, () => send(dispatcher, 10)));
    expect(messages.slice(1).map((inputs) => inputs.length)).toEqual(sizes);
  });

  it.each([
    ['1 ms', 0.1, 2],
    ['100 ms', 10, 150],
  ])('take none along that is longer than %s', async (_what, short, long) => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    const both = [call('a', 'echo'), node('b', 'test:other', {})] as const;
    const pack = runPackage(both);
    const start = (at: 0 | 1, ms: number) => dispatcher.dispatch(task([both[at]], [iteration(ms)], { run: pack }));
    await start(0, short);
    await start(1, long);
    messages.length = 0;
    await Promise.all([start(0, short), start(0, short), start(0, short), start(1, long)]);
    expect(messages).toEqual([[short], [short, short], [long]]);
  });

  it('leave each thread its share of what waits', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher({ ...body, free: 4 }, 4);
    await send(dispatcher, 0.01);
    await Promise.all(Array.from({ length: 12 }, () => send(dispatcher, 0.01)));
    expect(Math.max(...messages.map((inputs) => inputs.length))).toBeLessThanOrEqual(3);
  });

  it('share no message that their body would not have them share', async () => {
    const { body, messages } = recorder(true);
    const mayShare = (one: Task, other: Task) => one.keep.length === other.keep.length;
    const dispatcher = new QueueDispatcher({ ...body, mayShare }, 1);
    await send(dispatcher, 0.01);
    await Promise.all([1, 2, 3, 4].map((each) => send(dispatcher, 0.01, each === 3 ? { keep: [] } : {})));
    expect(messages.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('are never mixed with those of another run, and keep their order', async () => {
    const { body, messages } = recorder(true);
    const dispatcher = new QueueDispatcher(body, 1);
    await send(dispatcher, 0.01);
    const other = { run: runPackage(nodes) };
    const all = [send(dispatcher, 0.01), send(dispatcher, 0.02), send(dispatcher, 0.03), send(dispatcher, 0.04, other)];
    await Promise.all([...all, send(dispatcher, 0.05, { priority: 1 })]);
    expect(messages.slice(1)).toEqual([[0.01], [0.05, 0.02, 0.03], [0.04]]);
  });

  it('go alone where a message costs nothing', async () => {
    const { body, messages } = recorder(false);
    const dispatcher = new QueueDispatcher(body, 1);
    await Promise.all(Array.from({ length: 5 }, () => send(dispatcher, 0.01)));
    expect(messages.map((inputs) => inputs.length)).toEqual([1, 1, 1, 1, 1]);
  });
});
