import { describe, expect, it } from 'vitest';
import { Closings } from '#src/dispatch/closings.js';

describe('closings', () => {
  it('are told of one that failed before anybody asked, once the others have ended', async () => {
    const unheard: unknown[] = [];
    const onRejection = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', onRejection);
    const closings = new Closings();
    const ended: string[] = [];
    closings.add(Promise.reject(new Error('stuck')));
    await new Promise((resolve) => setImmediate(resolve));
    closings.add(new Promise<void>((resolve) => setImmediate(resolve)).then(() => void ended.push('slow')));
    await expect(closings.settled()).rejects.toThrow('stuck');
    process.off('unhandledRejection', onRejection);
    expect([ended, unheard]).toEqual([['slow'], []]);
  });
});
