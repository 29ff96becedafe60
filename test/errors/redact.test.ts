import v8 from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { createRedactor } from '#src/errors/redact.js';

const token = 'tok/en+42 "x"\\y=äß';
const redactor = createRedactor({ TOKEN: token, PIN: '123', PORT: '8080' });

describe('text', () => {
  it.each<[string, string]>([
    ['as it is', token],
    ['as a part of a URL', encodeURIComponent(token)],
    ['as a URL', encodeURI(token)],
    ['as a form', String(new URLSearchParams({ '': token })).slice(1)],
    ['with small digits', encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase())],
    ['in JSON', JSON.stringify({ a: token }).slice(6, -2)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: token })).slice(10, -4)],
    ['as hexadecimal digits', Buffer.from(token).toString('hex')],
  ])('hides a secret %s, also inside other text', (_, form) => {
    expect(redactor.text(form)).toBe('***');
    expect(redactor.text(`a${form}b ${form}`)).toBe('a***b ***');
  });

  it('hides it in base64, wherever it stands among the encoded bytes', () => {
    for (const before of ['', 'u', 'u:', 'me:', 'user:']) {
      for (const after of ['', '1', '22']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(`${before}${token}${after}`).toString(encoding);
          const shown = redactor.text(`Basic ${encoded}`);
          expect(shown).toContain('***');
          const [left = '', right = ''] = shown.slice(6).split('***');
          // What is left over decodes to less than a character of the secret on either side.
          expect(left.length + right.length).toBeLessThanOrEqual(Math.ceil(((before.length + after.length) * 8) / 6) + 6);
        }
      }
    }
  });

  it('leaves values of less than 4 characters: they would blot out everything', () => {
    expect(redactor.text('123 on port 8080')).toBe('123 on port ***');
    expect(createRedactor({ EMPTY: '' }).text('abc')).toBe('abc');
  });

  it('hides the longer of two secrets that share their start', () => {
    expect(createRedactor({ A: 'secret', B: 'secret-and-more' }).text('secret-and-more, secret')).toBe('***, ***');
  });

  it('hides the start of a secret where a message was cut', () => {
    const key = createRedactor({ KEY: 'abcdefghijklmnop' });
    expect(key.text('got "xabcdefghi…", expected a list')).toBe('got "x***…", expected a list');
    expect(key.text('abcdefghijklmno... and abcde...')).toBe('***... and abcde...');
  });

  it('hides each line of a secret of several', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n';
    const key = createRedactor({ KEY: pem });
    expect(key.text(`<${pem}>`)).toBe('<***>');
    expect(key.text('  at MIIEvQIBADANBg')).toBe('  at ***');
  });

  it('is the same text when there is nothing to hide', () => {
    fc.assert(fc.property(fc.string(), (text) => createRedactor({}).text(text) === text));
  });

  it('hides any secret in any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'***'.includes(secret) && secret !== '****');
        const shown = createRedactor({ secret }).text(before + secret + after);
        expect(shown.replaceAll('***', '')).not.toContain(secret);
      }),
    );
  });
});

describe('values', () => {
  it('are copied where something is found, whatever they hold, else given back', () => {
    const ring: Record<string, unknown> = { [`k ${token}`]: [token, 1n, null], at: new Date(0) };
    ring['self'] = ring;
    const value = { ring, map: new Map([[token, new Set([token])]]), bytes: Buffer.from(`a${token}`), port: 8080 };
    const shown = redactor.value(value) as unknown as Record<string, Record<string, unknown>>;

    expect(shown['ring']?.['k ***']).toEqual(['***', 1n, null]);
    expect(shown['ring']?.['self']).toBe(shown['ring']);
    expect(shown['map']).toEqual(new Map([['***', new Set(['***'])]]));
    expect(shown).toMatchObject({ bytes: '***', port: 8080 });
    expect(ring[`k ${token}`]).toEqual([token, 1n, null]);

    const clean = { a: [new Date(), { b: new Map([['c', Buffer.from('d')]]) }] };
    expect(redactor.value(clean)).toBe(clean);
  });

  it('may be nested however deep', () => {
    let deep: unknown = token;
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    let shown = redactor.value(deep);
    for (let depth = 0; depth < 100_000; depth++) shown = (shown as { deep: unknown }).deep;
    expect(shown).toBe('***');
  });

  it('may be errors: message, stack, fields, causes and companions, but not the places in the flow', () => {
    const source = { file: `/flows/${token}/flow.xml`, line: 1, column: 2 };
    const cause = new TypeError(`why ${token}`, { cause: token });
    const error = new FlowError('HTTP_STATUS', `said ${token}`, {
      ...{ cause, source, path: 'scored[1]/score', hint: `not ${token}`, name: token },
      fields: { body: { token } },
      errors: [new FlowError(token, 'second')],
    });
    Object.defineProperty(error, 'bad', { enumerable: true, get: () => fail(token) });
    const shown = redactor.value(error);

    expect(shown).toBeInstanceOf(FlowError);
    expect(shown).toMatchObject({ message: 'said ***', hint: 'not ***', source, fields: { body: { token: '***' } } });
    expect(shown.errors[0]?.code).toBe('***');
    expect(shown.cause).toBeInstanceOf(TypeError);
    expect(shown.cause).toMatchObject({ message: 'why ***', cause: '***' });
    expect(`${shown.stack}${(shown.cause as Error).stack}`).not.toContain('tok/en');
    expect(structuredClone(shown.cause)).toBeInstanceOf(TypeError);
    expect(error.message).toBe(`said ${token}`);
  });

  it('may be what a signal gives as its reason, whose fields only the real thing has', () => {
    const shown = redactor.value(new DOMException(`stopped ${token}`, { name: 'AbortError', cause: token }));
    expect(shown).toBeInstanceOf(DOMException);
    expect([shown.name, shown.message, shown.code, shown.cause]).toEqual(['AbortError', 'stopped ***', 20, '***']);
    expect(shown.stack).not.toContain('tok/en');
  });
});

describe('bytes', () => {
  it.each(['tok-plain', 'tök-latin', 'tök-ѣ-wide'])('are found to hold %s however v8 writes it', (secret) => {
    const { containsSecret } = createRedactor({ secret });
    expect(containsSecret(v8.serialize({ a: [`x${secret}y`] }))).toBe(true);
    expect(containsSecret(v8.serialize({ a: [`x${secret}ѣ`] }))).toBe(true);
    expect(containsSecret(Buffer.from(secret))).toBe(true);
    expect(containsSecret(v8.serialize({ a: ['x', secret.slice(0, -1)] }))).toBe(false);
    expect(createRedactor({}).containsSecret(Buffer.from(secret))).toBe(false);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
