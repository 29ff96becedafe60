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
