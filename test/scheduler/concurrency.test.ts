import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Semaphore } from '#src/scheduler/concurrency.js';

describe('Semaphore', () => {
  it('gives its permits at once and makes the next wait', async () => {
    const semaphore = new Semaphore(2);
    const release = await semaphore.acquire();
    await semaphore.acquire();
    const third = semaphore.acquire();
    expect([semaphore.available, semaphore.pending]).toEqual([0, 1]);

    release();
    await third;
    expect([semaphore.available, semaphore.pending]).toEqual([0, 0]);
  });

  it('lets more in when it grows, and nobody while more are in than it has shrunk to', async () => {
    const semaphore = new Semaphore(1);
    const first = await semaphore.acquire();
    const waiting = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
    semaphore.resize(3);
    const [second, third] = await Promise.all(waiting.slice(0, 2));
    expect([semaphore.available, semaphore.pending]).toEqual([0, 1]);

    semaphore.resize(1);
    first();
    second?.();
    expect([semaphore.available, semaphore.pending]).toEqual([0, 1]);
    third?.();
    await waiting[2];
    expect([semaphore.available, semaphore.pending]).toEqual([0, 0]);
  });

  it('takes a permit back once, however often it is released', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    release();
    release();

    expect(semaphore.available).toBe(1);
  });

  it('ignores a second release after the permit has gone to somebody else', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const second = semaphore.acquire();
    const third = semaphore.acquire();
    release();
    release();
    await second;

    expect(semaphore.pending).toBe(1);
    (await second)();
    (await third)();
    expect(semaphore.available).toBe(1);
  });

  it('hands a released permit to the first in line, not to whoever asks next', async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    const release = await semaphore.acquire();
    const waiting = semaphore.run(() => order.push('waited'));
    release();
    await Promise.all([semaphore.run(() => order.push('late')), waiting]);

    expect(order).toEqual(['waited', 'late']);
  });

  it('refuses a caller whose signal is aborted already', async () => {
    const semaphore = new Semaphore(1);

    await expect(semaphore.acquire(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(semaphore.available).toBe(1);
  });

  it('lets a waiter leave when its signal aborts', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const leaver = new AbortController();
    const first = semaphore.acquire(leaver.signal);
    const second = semaphore.acquire();
    leaver.abort(new Error('enough'));

    await expect(first).rejects.toThrow('enough');
    expect(semaphore.pending).toBe(1);
    release();
    await expect(second).resolves.toBeTypeOf('function');
  });

  it('lets the last waiter leave and another come after', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const leaver = new AbortController();
    const first = semaphore.acquire();
    const second = semaphore.acquire(leaver.signal);
    leaver.abort();
    const third = semaphore.acquire();

    await expect(second).rejects.toThrow(DOMException);
    release();
    (await first)();
    (await third)();
    expect([semaphore.available, semaphore.pending]).toEqual([1, 0]);
  });

  it('keeps a permit that was given before its signal aborts', async () => {
    const semaphore = new Semaphore(1);
    const controller = new AbortController();
    const first = await semaphore.acquire();
    const waiting = semaphore.acquire(controller.signal);
    first();
    controller.abort();
    const release = await waiting;

    expect(semaphore.available).toBe(0);
    release();
    expect(semaphore.available).toBe(1);
  });

  it('runs work while holding a permit, and returns it after success and failure', async () => {
    const semaphore = new Semaphore(1);

    await expect(semaphore.run(() => semaphore.available)).resolves.toBe(0);
    await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      semaphore.run(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(semaphore.available).toBe(1);
  });

  it('never starts work whose signal aborts while it waits', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const controller = new AbortController();
    let started = false;
    const work = semaphore.run(() => {
      started = true;
    }, controller.signal);
    controller.abort();

    await expect(work).rejects.toThrow(DOMException);
    release();
    expect([started, semaphore.available]).toEqual([false, 1]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', undefined])('refuses %s permits', (permits) => {
    expect(() => new Semaphore(permits as number)).toThrow(
      new TypeError(`Expected permits to be a whole number from 1 on, got ${String(permits)}`),
    );
  });

  it('serves 100,000 waiters under one signal in order', async () => {
    const semaphore = new Semaphore(3);
    const { signal } = new AbortController();
    const order: number[] = [];
    await Promise.all(Array.from({ length: 100_000 }, (_, index) => semaphore.run(() => order.push(index), signal)));

    expect(order).toEqual([...order.keys()]);
    expect(order).toHaveLength(100_000);
  });

  it('dismisses 100,000 waiters with one abort', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const controller = new AbortController();
    const waiting = Array.from({ length: 100_000 }, () => semaphore.acquire(controller.signal));
    controller.abort();
    const outcomes = await Promise.allSettled(waiting);

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(100_000);
    expect(semaphore.pending).toBe(0);
    release();
    expect(semaphore.available).toBe(1);
  });

  it('never lets in more than its permits, and lets those who stay in by arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ leaves: fc.boolean(), ticks: fc.nat(3) }), { maxLength: 30 }),
        async (permits, callers) => {
          const semaphore = new Semaphore(permits);
          const controllers = callers.map(() => new AbortController());
          const entered: number[] = [];
          let inside = 0;
          let most = 0;
          const runs = callers.map(({ ticks }, index) =>
            semaphore.run(async () => {
              entered.push(index);
              inside += 1;
              most = Math.max(most, inside);
              for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
              inside -= 1;
            }, controllers[index]?.signal),
          );
          for (const [index, { leaves }] of callers.entries()) {
            if (leaves) controllers[index]?.abort();
          }
          const outcomes = await Promise.allSettled(runs);

          const stayed = [...outcomes.keys()].filter((index) => outcomes[index]?.status === 'fulfilled');
          expect(entered).toEqual(stayed);
          expect(stayed).toEqual([...callers.keys()].filter((index) => index < permits || !callers[index]?.leaves));
          expect(most).toBeLessThanOrEqual(permits);
          expect([semaphore.available, semaphore.pending]).toEqual([permits, 0]);
        },
      ),
    );
  });
});
