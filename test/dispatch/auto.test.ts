import { afterEach, describe, expect, it } from 'vitest';
import { createAutoDispatcher } from '#src/dispatch/auto.js';
import type { Dispatcher } from '#src/dispatch/dispatcher.js';
import type { WorkNode } from '#src/types/ast.js';
import { call, expression, iteration, node, onlyError, outputs, plugins, runPackage, task } from './build.js';

let dispatcher: Dispatcher;
const create = (maxConcurrency = 2) => {
  dispatcher = createAutoDispatcher({ maxConcurrency, plugins, graceMs: 100 });
  return dispatcher;
};
afterEach(() => dispatcher.close());

/** Sends the same task again and again; `threadIds` of a node that tells its thread, 0 for the main one. */
class Repeated {
  readonly #nodes: readonly WorkNode[];
  readonly #run: ReturnType<typeof runPackage>;

  constructor(nodes: readonly WorkNode[]) {
    this.#nodes = nodes;
    this.#run = runPackage(nodes);
  }

  async threadId(input: unknown = 0): Promise<number> {
    const { outcomes } = await dispatcher.dispatch(task(this.#nodes, [iteration(input)], { run: this.#run }));
    return outputs({ outcomes }).map((output) => (output as { where: number }).where)[0] as number;
  }

  async threadIds(times: number): Promise<readonly number[]> {
    const ids: number[] = [];
    for (let time = 0; time < times; time++) ids.push(await this.threadId());
    return ids;
  }

  /** Until it runs on the main thread. */
  async untilMain(): Promise<void> {
    for (let time = 0; time < 500; time++) if ((await this.threadId()) === 0) return;
    throw new Error('Expected it to reach the main thread within 500 tasks.');
  }
}

const spinning = (extras: Parameters<typeof call>[3] = {}) => [
  call('where', 'thread'),
  call('spun', 'spin', { ms: expression('input') }, { input: expression('input'), ...extras }),
];

describe('user code', () => {
  it('starts in a worker and comes to the main thread once it has proved short', async () => {
    create();
    const short = new Repeated(spinning({ input: undefined }).slice(0, 1));
    expect(await short.threadIds(8)).not.toContain(0);
    await short.untilMain();
  });

  it('never comes to the main thread while it is long', async () => {
    create();
    const long = new Repeated([call('where', 'thread'), call('spun', 'spin', { ms: 6 })]);
    expect(await long.threadIds(40)).not.toContain(0);
  });

  it('goes back to workers when it stops being short', async () => {
    create();
    const nodes = [call('where', 'thread'), call('spun', 'spin', { ms: expression('where.output * 0 + run.input.ms') })];
    const run = runPackage(nodes);
    const send = async (ms: number) => {
      const shared = { names: { '$run.input': { ms } }, nodes: {} };
      const [output] = outputs(await dispatcher.dispatch(task(nodes, [iteration()], { run, shared })));
      return (output as { where: number }).where;
    };
    let place = -1;
    for (let time = 0; time < 500 && place !== 0; time++) place = await send(0);
    expect(place).toBe(0);
    // Whether this one still runs here or in a look at a worker: it is seen to be long.
    await send(100);
    expect(await send(0)).not.toBe(0);
  });

  it('with a timeout stays in workers, where a busy loop can be ended', async () => {
    create();
    const timed = new Repeated([call('where', 'thread', {}, { timeoutMs: 5_000 })]);
    expect(await timed.threadIds(60)).not.toContain(0);
    const error = onlyError(await dispatcher.dispatch(task([call('a', 'forever', {}, { timeoutMs: 30 })])));
    expect(error.code).toBe('NODE_TIMEOUT');
  });

  it('of one module is known by its code: a branch of its own name need not prove it again', async () => {
    create();
    const names = Array.from({ length: 200 }, (_, branch) => `b${branch}`);
    const nodes = names.map((name) => call(name, 'thread'));
    const run = runPackage(nodes);
    const places: unknown[] = [];
    for (const each of nodes) {
      const [output] = outputs(await dispatcher.dispatch(task([each], [iteration()], { run })));
      places.push(Object.values(output as object)[0]);
    }
    expect(places[0]).not.toBe(0);
    expect(places).toContain(0);
  });
});

describe('what a flow computes without user code', () => {
  const doubled = node('a', 'transform:select', { expression: expression('size(input)') });
  const placeOf = async (input: unknown) => {
    const { outcomes } = await dispatcher.dispatch(task([doubled], [iteration(input)]));
    return outcomes[0]?.nodes[0]?.place;
  };

  it.each([
    ['small data', [1, 2, 3], 'main'],
    ['many values', Array.from({ length: 1_000 }, (_, n) => n), 'worker'],
    ['many nested values', Array.from({ length: 30 }, () => Array.from({ length: 30 }, () => ({ n: 1 }))), 'worker'],
    ['a map of many entries', new Map(Array.from({ length: 1_000 }, (_, n) => [n, n])), 'worker'],
    ['a long text', 'x'.repeat(200_000), 'worker'],
    ['large binary data', [new Uint8Array(200_000)].concat(), 'worker'],
  ])('starts with %s in the right place, and says so', async (_what, input, place) => {
    create();
    expect(await placeOf(input)).toBe(place);
  });
});

it('puts what may only run in a worker into no message that runs here', async () => {
  create(1);
  const [timed, free] = [call('timed', 'thread', {}, { timeoutMs: 5_000 }), call('free', 'thread')];
  const run = runPackage([timed, free]);
  const send = async (each: WorkNode) => {
    const [output] = outputs(await dispatcher.dispatch(task([each], [iteration()], { run })));
    return Object.values(output as object)[0] as number;
  };
  for (let time = 0; time < 500 && (await send(free)) !== 0; time++);
  const sent = Array.from({ length: 200 }, (_, index) => ({ isTimed: index % 3 === 0 }));
  const ids = await Promise.all(sent.map(({ isTimed }) => send(isTimed ? timed : free)));
  expect(ids.filter((_, index) => sent[index]?.isTimed)).not.toContain(0);
  expect(ids).toContain(0);
});

it('goes on here while every thread replaces a dead one, and sends what waits for them when they are back', async () => {
  create(1);
  const dead = onlyError(await dispatcher.dispatch(task([call('a', 'exit', { code: 3 }, { timeoutMs: 5_000 })])));
  expect(dead.code).toBe('WORKER_EXITED');
  const select = node('a', 'transform:select', { expression: expression('size(input)') });
  const ended: string[] = [];
  const send = (name: string, each: WorkNode) => dispatcher.dispatch(task([each], [iteration([])])).then(() => ended.push(name));
  await Promise.all([send('here', select), send('there', call('b', 'thread', {}, { timeoutMs: 5_000 })), send('here', select)]);
  expect(ended.toSorted()).toEqual(['here', 'here', 'there']);
});

it('runs no more tasks at one time than it may, wherever they run', async () => {
  create(1);
  const order: string[] = [];
  const send = (name: string, each: WorkNode) => dispatcher.dispatch(task([each], [iteration([])])).then(() => order.push(name));
  const select = node('a', 'transform:select', { expression: expression('size(input)') });
  await Promise.all([send('user code', call('a', 'spin', { ms: 20 })), send('expression', select)]);
  expect(order).toEqual(['user code', 'expression']);
});
