import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { batch, join } from '#src/runtimes/settings/block-literals.js';
import { parseDuration } from '#src/runtimes/settings/duration.js';
import * as literals from '#src/runtimes/settings/literals.js';
import { delimiter, encoding, hashAlgorithm, jsonSchema, jsonText, statusRanges } from '#src/runtimes/settings/node-literals.js';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['1.1s', 1100],
    ['0s', 0],
    ['PT30S', 30_000],
    ['PT1H30M', 5_400_000],
    ['P1DT12H', 129_600_000],
    ['pt0.5s', 500],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 's', '-1s', '1 s', '1s ', '1w', 'PT', 'P', 'P1Y', 'P1M', '1S', 'PT30', '1e3ms', 'NaNs'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test('adds up its parts', () => {
    const part = fc.nat({ max: 500 });
    fc.assert(
      fc.property(part, part, part, part, part, (d, h, m, s, ms) => {
        expect(parseDuration(`${d}d${h}h${m}m${s}s${ms}ms`)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1000 + ms);
        expect(parseDuration(`P${d}DT${h}H${m}M${s}S`)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1000);
      }),
    );
  });
});

const accepted: readonly (readonly [string, z.ZodType, string, unknown])[] = [
  ['text', literals.text(), ' a b ', 'a b'],
  ['integer', literals.integer({ min: 1 }), ' 12 ', 12],
  ['number', literals.number(), '-1.5e3', -1500],
  ['flag', literals.flag(), 'false', false],
  ['choice', literals.choice(['one', 'two']), 'two', 'two'],
  ['duration', literals.duration(), '1h30m', 5_400_000],
  ['milliseconds', literals.milliseconds(), '250', 250],
  ['milliseconds', literals.milliseconds(), '2s', 2000],
  ['byteSize', literals.byteSize(), '64MiB', 67_108_864],
  ['byteSize', literals.byteSize(), '1.5kB', 1500],
  ['ids', literals.ids(), ' a, b-1  c ', ['a', 'b-1', 'c']],
  ['identifier', literals.identifier(), '_doc1', '_doc1'],
  ['quota', literals.quota(), '3', { unit: 'count', amount: 3 }],
  ['quota', literals.quota(), '2.5%', { unit: 'percent', amount: 2.5 }],
  ['quota', literals.quota(), '0', { unit: 'count', amount: 0 }],
  ['join', join(), 'any', { kind: 'any' }],
  ['join', join(), '50%', { kind: 'quota', unit: 'percent', amount: 50 }],
  ['join', join(), '2', { kind: 'quota', unit: 'count', amount: 2 }],
  ['batch', batch(), 'auto', 'auto'],
  ['batch', batch(), '32', 32],
  [
    'statusRanges',
    statusRanges(),
    '2xx, 404,500-503',
    [
      [200, 299],
      [404, 404],
      [500, 503],
    ],
  ],
  ['delimiter', delimiter(), ';', ';'],
  ['delimiter', delimiter(), ' ', ' '],
  ['delimiter', delimiter(), 'tab', '\t'],
  ['encoding', encoding(), 'windows-1252', 'windows-1252'],
  ['hashAlgorithm', hashAlgorithm(), 'sha512', 'sha512'],
  ['jsonText', jsonText(), ' [1]\n', ' [1]\n'],
  ['jsonSchema', jsonSchema(), ' order.json ', 'order.json'],
  ['jsonSchema', jsonSchema(), '{"type":"string"}', '{"type":"string"}'],
];

test.each(accepted)('%s takes %#', (_name, schema, text, value) => {
  expect(schema.parse(text)).toEqual(value);
});

const refused: readonly (readonly [string, z.ZodType, string, string])[] = [
  ['text', literals.text('a name'), ' ', 'expected a name, got ""'],
  ['integer', literals.integer({ min: 1, max: 5 }), '6', 'expected a whole number from 1 to 5, got "6"'],
  ['integer', literals.integer({ min: 1 }), '1.5', 'expected a whole number of at least 1, got "1.5"'],
  ['integer', literals.integer(), '0x10', 'expected a whole number, got "0x10"'],
  ['number', literals.number({ max: 1 }), 'Infinity', 'expected a number of at most 1, got "Infinity"'],
  ['flag', literals.flag(), 'constructor', 'expected true or false, got "constructor"'],
  ['choice', literals.choice(['one', 'two', 'six']), 'tow', 'expected one, two or six, got "tow"'],
  ['duration', literals.duration(), '30', 'expected a duration such as 500ms, 30s, 5m, 1h30m or PT30S, got "30"'],
  ['byteSize', literals.byteSize(), '5XB', 'expected a size such as 500000, 64MiB or 10MB, got "5XB"'],
  ['byteSize', literals.byteSize(), '0', 'got "0"'],
  ['ids', literals.ids(), ' , ', 'expected ids of nodes'],
  ['identifier', literals.identifier(), 'a-b', 'expected a name of letters, digits and _, got "a-b"'],
  ['quota', literals.quota(), '101%', 'got "101%"'],
  ['quota', literals.quota(), '-1', 'got "-1"'],
  ['join', join(), '0', 'expected all, any, a count such as 2, or a share such as 50%, got "0"'],
  ['join', join(), '0%', 'got "0%"'],
  ['batch', batch(), '0', 'expected auto or a whole number'],
  ['statusRanges', statusRanges(), '2xx,', 'expected HTTP statuses'],
  ['statusRanges', statusRanges(), '299-200', 'expected HTTP statuses'],
  ['statusRanges', statusRanges(), '20', 'expected HTTP statuses'],
  ['delimiter', delimiter(), '||', 'expected one character, or tab'],
  ['encoding', encoding(), 'utf-99', 'expected an encoding'],
  ['hashAlgorithm', hashAlgorithm(), 'sha25', 'expected a hash that this machine knows, got "sha25"'],
  ['jsonText', jsonText(), '[1,\n 2 3]', 'not JSON: expected a comma or the closing bracket, got "3]"'],
  ['jsonSchema', jsonSchema(), '{"a"', 'not JSON: expected :, got the end of the text'],
  ['jsonSchema', jsonSchema(), ' ', 'expected the path of a JSON Schema file'],
];

test.each(refused)('%s refuses %#', (_name, schema, text, message) => {
  expect(schema.safeParse(text).error?.issues[0]?.message).toContain(message);
});

test.each([
  ['hello world', 'A text needs quotes: "hello world" in JSON, \'hello world\' in an expression.'],
  ['[1,]', 'Remove the comma before the "]": JSON has none after the last.'],
])('a text that is no JSON, %s, gets the help it needs', (text, hint) => {
  expect(jsonText().safeParse(text).error?.issues[0]).toMatchObject({ params: { hint } });
});
