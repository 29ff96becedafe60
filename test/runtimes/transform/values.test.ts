import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, failureOf, runNode } from '../run-node.js';

const run = (type: string, input: unknown, config: object = {}) => runNode(`transform:${type}`, config, { input });

describe('select and template', () => {
  test('give what was evaluated', async () => {
    expect(await run('select', 1, { expression: [2] })).toEqual([2]);
    expect(await run('template', 1, { text: 'Dear A' })).toBe('Dear A');
    expect(await run('template', 1, { text: { a: [1] } })).toBe('{"a":[1]}');
    expect(await run('template', 1, { text: 5 })).toBe('5');
    expect(await run('template', 1, { text: null })).toBe('');
  });
});

describe('parse and stringify', () => {
  test('turn text or bytes into values and back', async () => {
    expect(await run('parse', '{"a":1}')).toEqual({ a: 1 });
    expect(await run('parse', new TextEncoder().encode('a;b\n1;x\n'), { format: 'csv', delimiter: ';' })).toEqual([
      { a: 1, b: 'x' },
    ]);
    expect(await run('parse', new Uint8Array([0xe9]), { format: 'text', encoding: 'latin1' })).toBe('é');
    expect(await run('stringify', [{ a: 1 }], { format: 'csv', delimiter: '\t' })).toBe('a\n1\n');
    expect(await run('stringify', { a: 1 })).toBe('{"a":1}');
    expect(await run('stringify', { a: 1 }, { indent: 1 })).toBe('{\n "a": 1\n}');
  });

  test('say what came', async () => {
    const error = await failureOf(() => run('parse', [1]));
    expect([error.code, error.message]).toEqual([
      'NODE_INPUT_INVALID',
      'transform:parse expects text or bytes as input, got a list of 1.',
    ]);
    expect((await failureOf(() => run('parse', '[1'))).message).toContain('The input is not JSON');
  });
});

describe('transform:hash', () => {
  test('digests text as UTF-8, bytes, and other memory', async () => {
    const digest = createHash('sha256').update('é').digest('hex');
    expect(await run('hash', 'é')).toBe(digest);
    expect(await run('hash', new TextEncoder().encode('é'))).toBe(digest);
    expect(await run('hash', new TextEncoder().encode('é').buffer)).toBe(digest);
    expect(await run('hash', 'é', { algorithm: 'md5', encoding: 'base64url' })).toBe(
      createHash('md5').update('é').digest('base64url'),
    );
  });

  test('names the nearest algorithm', async () => {
    const error = await failureOf(() => run('hash', 'x', { algorithm: 'sha25' }));
    expect([error.code, error.hint]).toEqual(['FLOW_SETTING_INVALID', 'Did you mean "sha256"?']);
  });
});

describe('compress and decompress', () => {
  test('gzip can be read by others', async () => {
    const bytes = (await run('compress', 'hello')) as Uint8Array;
    expect(gunzipSync(bytes).toString()).toBe('hello');
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  });

  test.each(['gzip', 'deflate', 'brotli'])('%s gives back what went in', async (algorithm) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 0, max: 9 }), async (input, level) => {
        expect(await run('decompress', await run('compress', input, { algorithm, level }), { algorithm })).toEqual(
          new Uint8Array(input),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('a bomb is stopped at maxBytes', async () => {
    const bomb = await run('compress', new Uint8Array(1_000_000));
    expect(((await run('decompress', bomb, { maxBytes: 1_000_000 })) as Uint8Array).length).toBe(1_000_000);
    const error = await failureOf(() => run('decompress', bomb, { maxBytes: 999_999 }));
    expect([error.code, error.message]).toEqual(['DATA_TOO_LARGE', 'The input decompresses to more than 999999 bytes.']);
  });

  test('say what is wrong', async () => {
    expect((await failureOf(() => run('decompress', new Uint8Array([1, 2, 3])))).message).toContain('not gzip data');
    expect((await failureOf(() => run('decompress', 'text'))).message).toContain('expects bytes as input, got the text "text"');
    expect((await failureOf(() => run('compress', { a: 1 }))).code).toBe('NODE_INPUT_INVALID');
  });
});

describe('transform:validate', () => {
  const schema = {
    type: 'object',
    required: ['id'],
    additionalProperties: false,
    properties: { id: { type: 'integer' }, kind: { enum: ['a', 'b'] }, items: { type: 'array', items: { type: 'number' } } },
  };
  let folder: Awaited<ReturnType<typeof createFolder>>;
  beforeAll(async () => {
    folder = await createFolder({ 'order.schema.json': JSON.stringify(schema), 'broken.json': '{"type":' });
  });
  afterAll(() => folder.remove());
  const check = (input: unknown, setting: string) =>
    runNode('transform:validate', { schema: setting }, { input, flowDirectory: folder.path });

  test('passes on what fits, by file or inline', async () => {
    const input = { id: 1, items: [1, 2] };
    expect(await check(input, 'order.schema.json')).toBe(input);
    expect(await check(input, JSON.stringify(schema))).toBe(input);
    expect(await check(input, ' true ')).toBe(input);
  });

  test('lists the paths at fault', async () => {
    const error = await failureOf(() => check({ kind: 'c', items: [1, 'x'], more: 1 }, 'order.schema.json'));
    expect(error.code).toBe('SCHEMA_MISMATCH');
    expect(error.message).toContain('The input does not fit order.schema.json');
    expect(error.fields['faults']).toEqual([
      { path: '/', message: "must have required property 'id'" },
      { path: '/', message: 'must NOT have additional properties: more' },
      { path: '/kind', message: 'must be equal to one of the allowed values: ["a","b"]' },
      { path: '/items/1', message: 'must be number' },
    ]);
  });

  test('names five faults and counts the rest', async () => {
    const error = await failureOf(() => check({ id: 1, items: Array(300).fill('x') }, 'order.schema.json'));
    expect(error.message).toMatch(/\/items\/4 must be number; and 295 more\.$/);
    expect(error.fields['faults']).toHaveLength(100);
  });

  test('follows the draft that $schema names', async () => {
    const tuple = JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'number' }] });
    expect((await failureOf(() => check(['x'], tuple))).code).toBe('SCHEMA_MISMATCH');
    const older = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }] });
    expect((await failureOf(() => check(['x'], older))).code).toBe('SCHEMA_MISMATCH');
  });

  test('says what is wrong with the schema', async () => {
    expect((await failureOf(() => check(1, 'none.json'))).code).toBe('FILE_UNREADABLE');
    expect((await failureOf(() => check(1, 'broken.json'))).message).toContain('broken.json is not JSON');
    expect(await failureOf(() => check(1, '{"type":"strin"}'))).toMatchObject({ code: 'FLOW_SETTING_INVALID' });
  });
});
