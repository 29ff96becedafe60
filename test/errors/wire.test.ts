import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { decodeError, encodeError } from '#src/errors/wire.js';

/** There and back, through the copy that a message makes. */
function cross(thrown: unknown): Error {
  return decodeError(structuredClone(encodeError(thrown)));
}

describe('an error that crosses a thread', () => {
  it('keeps name, message, code, stack and own fields', () => {
    const error = Object.assign(new RangeError('too far'), { code: 'E_FAR', distance: new Map([['km', 3n]]) });
    expect(cross(error)).toMatchObject({
      name: 'RangeError',
      message: 'too far',
      code: 'E_FAR',
      stack: error.stack,
      distance: new Map([['km', 3n]]),
    });
  });

  it('drops only the fields that cannot be copied', () => {
    const error = Object.assign(new Error('x'), { retry: () => undefined, count: 3, inner: { symbol: Symbol('s') } });
    expect(Object.keys(cross(error))).toEqual(['count']);
  });

  it('keeps a chain of causes, and ends a cycle', () => {
    const root = new TypeError('root');
    const middle = new Error('middle', { cause: root });
    expect(cross(new Error('top', { cause: middle }))).toMatchObject({
      cause: { message: 'middle', cause: { name: 'TypeError', message: 'root' } },
    });
    root.cause = middle;
    expect(cross(middle)).toMatchObject({ cause: { message: 'root' } });
    expect((cross(middle).cause as Error).cause).toBeUndefined();
  });

  it('cuts a chain of causes that is too long', () => {
    let error = new Error('0');
    for (let n = 1; n <= 1_000; n++) error = new Error(String(n), { cause: error });
    let length = 0;
    for (let at: unknown = cross(error); at instanceof Error; at = at.cause) length++;
    expect(length).toBeLessThanOrEqual(11);
  });

  it('keeps the members of an AggregateError', () => {
    const back = cross(new AggregateError([new TypeError('a'), 'b'], 'both'));
    expect(back).toBeInstanceOf(AggregateError);
    expect((back as AggregateError).errors).toMatchObject([{ name: 'TypeError', message: 'a' }, { message: 'b' }]);
  });

  it('stays a FlowError with everything that is known about it', () => {
    const error = new FlowError('HTTP_STATUS', '404', {
      ...{ hint: 'try again', nodeId: 'get', path: 'all[1]/get', attempt: 2, source: { file: 'f.xml', line: 1, column: 2 } },
      ...{ fields: { status: 404 }, cause: new Error('below'), errors: [new FlowError('NODE_FAILED', 'also')] },
    });
    const back = cross(error);
    expect(back).toBeInstanceOf(FlowError);
    expect(back).toEqual(error);
    expect(back).toMatchObject({
      fields: { status: 404 },
      errors: [{ code: 'NODE_FAILED' }],
      cause: { message: 'below' },
      stack: error.stack,
    });
  });

  it.each([
    [null, 'null was thrown'],
    [undefined, 'undefined was thrown'],
    ['plain text', 'plain text'],
    [7n, '7 was thrown'],
    [Symbol('s'), 'Symbol(s) was thrown'],
    [function named() {}, 'a function (named) was thrown'],
    [{ a: 1 }, 'an object was thrown'],
    [{ message: 'own' }, 'own'],
  ])('says what %s was when it was no error', (thrown, message) => {
    expect(cross(thrown).message).toBe(message);
  });

  it('survives errors that fight back', () => {
    const hostile = new Error('hostile');
    Object.defineProperty(hostile, 'code', {
      get: () => {
        throw new Error('trap');
      },
      enumerable: true,
    });
    expect(cross(hostile).message).toBe('hostile');
    const deaf = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    );
    expect(cross(deaf).message).toBe('an object was thrown');
  });
});
