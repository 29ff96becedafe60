import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { registry } from '#src/index.js';
import { expectFlowError } from '../faults.js';
import { expectThat, type Kind } from '../kind.js';
import { anyValue } from '../values.js';

interface Case {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly input: unknown;
}

const json = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '[[[[',
    '{"a":{"a":{"a":',
    '"\\ud800"',
    '[1,]',
    '01',
    '1e999',
    '{"a":1,"a":2}',
    '{"__proto__":1}',
    '\uFEFF{}',
    '"\u0000"',
  ),
);
const csv = fc
  .array(
    fc.array(
      fc.constantFrom(
        'a',
        'b',
        '1',
        '007',
        '"',
        '""',
        '"a',
        'b"',
        ',',
        '\n',
        '\r',
        '\r\n',
        '\t',
        ';',
        '__proto__',
        'constructor',
        '"x\ny"',
        '\u0000',
        '😀',
        '',
        ' ',
      ),
    ),
    { maxLength: 12 },
  )
  .map((rows) => rows.map((cells) => cells.join(',')).join('\n'));
const broken = fc
  .tuple(
    fc.oneof(
      json,
      csv,
      fc.array(json, { maxLength: 5 }).map((lines) => lines.join('\n')),
    ),
    fc.nat(400),
    fc.nat(3),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
const bytesOf = fc.oneof(
  broken.map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 60 }),
);

const parsing = fc.record({
  type: fc.constant('transform:parse'),
  config: fc.record({
    format: fc.constantFrom('json', 'ndjson', 'csv', 'lines', 'text'),
    delimiter: fc.constantFrom(undefined, ',', ';', '\t', '"'),
    encoding: fc.constantFrom(undefined, 'utf-8', 'utf-16le', 'latin1', 'shift_jis'),
  }),
  input: fc.oneof({ weight: 5, arbitrary: broken }, { weight: 3, arbitrary: bytesOf }, { weight: 1, arbitrary: anyValue }),
});

const squeeze = { gzip: gzipSync, deflate: deflateSync, brotli: brotliCompressSync };
const decompressing = fc
  .record({
    algorithm: fc.constantFrom('gzip', 'deflate', 'brotli'),
    made: fc.constantFrom('gzip', 'deflate', 'brotli'),
    size: fc.nat(200_000),
    at: fc.nat(60),
    bits: fc.nat(255),
    cut: fc.nat(40),
  })
  .map(({ algorithm, made, size, at, bits, cut }) => {
    const bytes = new Uint8Array(squeeze[made as 'gzip'](new Uint8Array(size)));
    if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ bits;
    return { type: 'transform:decompress', config: { algorithm, maxBytes: 100_000 }, input: bytes.slice(0, bytes.length - cut) };
  });

const writing = fc.record({
  type: fc.constantFrom(
    'transform:stringify',
    'transform:hash',
    'transform:compress',
    'transform:group',
    'transform:sort',
    'transform:template',
    'transform:select',
  ),
  config: fc.record({
    format: fc.constantFrom(undefined, 'json', 'ndjson', 'csv', 'lines', 'text'),
    key: fc.constant(({ item }: { item: unknown }) => item),
    expression: anyValue,
    text: anyValue,
    level: fc.constant(1),
  }),
  input: anyValue,
});

const keyword = fc.constantFrom<unknown>(
  ...[
    { type: 'object' },
    { type: 'array', uniqueItems: true },
    { pattern: '(a+)+$' },
    { pattern: '(' },
    { pattern: '(?=a)' },
    { pattern: 1 },
    { $ref: '#' },
    { $ref: '#/nope' },
    { $ref: 'http://127.0.0.1:9/x' },
    { $ref: 'file:///etc/passwd' },
  ],
  ...[
    { properties: { __proto__: { type: 'string' } } },
    JSON.parse('{"properties": {"__proto__": {"type": "string"}}}'),
    { required: ['constructor'] },
    { patternProperties: { '^(a|a)*$': { type: 'number' } } },
    { additionalProperties: false },
    { items: { $ref: '#' } },
  ],
  ...[
    { anyOf: [{ $ref: '#' }, { type: 'null' }] },
    { not: {} },
    { enum: [] },
    { enum: [1, { a: [1] }] },
    { const: { a: 1 } },
    { minLength: -1 },
    { maxItems: 1.5 },
    { if: true, then: false },
    { $id: 'a', $ref: 'a' },
    { $schema: 'http://x/' },
    true,
    false,
    null,
    1,
    'x',
    [],
  ],
);
const validating = fc.record({
  type: fc.constant('transform:validate'),
  config: fc.record({
    schema: fc.oneof(
      fc.array(keyword, { maxLength: 3 }).map((parts) => JSON.stringify(Object.assign({}, ...parts))),
      keyword.map((part) => JSON.stringify(part)),
      json.filter((text) => text.startsWith('{')),
    ),
  }),
  input: anyValue,
});

const signal = new AbortController().signal;

/** What comes from outside: texts, bytes and schemas, at the nodes that read them. */
export const data: Kind<Case> = {
  name: 'data',
  share: 12,
  cases: fc.oneof(
    { weight: 5, arbitrary: parsing },
    { weight: 2, arbitrary: decompressing },
    { weight: 3, arbitrary: writing },
    { weight: 3, arbitrary: validating },
  ),
  async check({ type, config, input }) {
    const context = {
      nodeId: 'n',
      runId: 'r',
      flowDirectory: '/nowhere',
      config: {},
      secrets: {},
      item: undefined,
      index: undefined,
      branch: undefined,
      attempt: 1,
      signal,
      isCancelled: () => false,
      log: () => undefined,
      progress: () => undefined,
      setVariable: () => undefined,
    };
    try {
      const output = await registry.getRuntime(type).execute({ config, input, context });
      expectThat(!['function', 'symbol'].includes(typeof output), () => `gave a ${typeof output}`);
      return type;
    } catch (error) {
      expectFlowError(error, '');
      expectThat(
        [
          'PARSE_FAILED',
          'NODE_INPUT_INVALID',
          'SCHEMA_MISMATCH',
          'FLOW_SETTING_INVALID',
          'DATA_TOO_LARGE',
          'FILE_UNREADABLE',
        ].includes(error.code),
        () => `code ${error.code}`,
      );
      return error.code;
    }
  },
};
