import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LongRunSearch } from '#src/errors/long-runs.js';
import { NdjsonReader } from '#src/runtimes/formats/line-reader.js';
import { parseText } from '#src/runtimes/formats/read-format.js';
import { failureOf } from '../run-node.js';

const id = '12345678901234567890';
const read = (text: string, longNumbers?: 'error' | 'text' | 'round') => parseText(text, 'json', 'data.json', { longNumbers });

describe('a whole number with more digits than a number holds', () => {
  test.each([
    [`{"a": 1,\n "id": ${id}}`, 'line 2, column 8'],
    [`[-9007199254740993]`, 'line 1, column 2'],
    [id, 'line 1, column 1'],
    [`["\\"${id}", ${id}]`, 'line 1, column 28'],
    [`[${'9'.repeat(400)}]`, 'line 1, column 2'],
  ])('is refused in %s', async (text, place) => {
    const error = await failureOf(() => read(text));
    expect(error.code).toBe('PARSE_FAILED');
    expect(error.message).toMatch(/^data\.json is not usable JSON: -?\d+…? has more digits than a number holds/);
    expect(error.message).toContain(place);
    expect(error.hint).toContain('longNumbers="text"');
  });

  test('is text, or rounded, if that is asked for', async () => {
    const text = `{"id": ${id}, "ids": [${id}, 7, -9007199254740993], "t": "${id}"}`;
    expect(await read(text, 'text')).toEqual({ id, ids: [id, 7, '-9007199254740993'], t: id });
    expect(await read(text, 'round')).toEqual(JSON.parse(text));
  });

  test('is found in lines, also where a piece ends in the middle of it', async () => {
    const reader = new NdjsonReader('rows.ndjson');
    expect(reader.read('{"id": 1}\n{"id": 12345678', false)).toEqual([{ id: 1 }]);
    const error = await failureOf(async () => reader.read('901234567890}\n', true));
    expect(error.message).toContain('rows.ndjson is not usable JSON');
    expect(error.message).toContain('line 2, column 8');
  });

  test.each([1, 7, 16, 100])('is found in lines that come %s characters at a time', async (size) => {
    const text = `{"id": 1, "of": "${id.repeat(3)}", "at": 0.${id}}\n{"id": ${id}, "ids": [-9007199254740993]}\n`;
    const rows = (longNumbers: 'error' | 'text') => {
      const reader = new NdjsonReader('rows.ndjson', longNumbers);
      return [...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [''])].flatMap((piece) => reader.read(piece, false));
    };
    const error = await failureOf(async () => rows('error'));
    expect(error.message).toContain('12345678901234567890 has more digits');
    expect(error.message).toContain('line 2, column 8');
    expect(rows('text')).toEqual([
      { id: 1, of: id.repeat(3), at: Number(`0.${id}`) },
      { id, ids: ['-9007199254740993'] },
    ]);
    expect(rows('text')).toEqual(await parseText(text, 'ndjson', 'rows.ndjson', { longNumbers: 'text' }));
  });

  test('stays text in CSV', async () => {
    expect(await parseText(`id\n${id}\n9007199254740993\n`, 'csv', 'ids.csv')).toEqual([{ id }, { id: '9007199254740993' }]);
  });
});

test.each(['0.12345678901234567890', '1e22', '9007199254740991', '9007199254740992', '1e400', `"${id}"`, `["\\\\", "${id}"]`])(
  '%s is no such number',
  async (text) => {
    expect(await read(text)).toEqual(JSON.parse(text));
  },
);

test('what is written as JSON is always read', async () => {
  const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.double({ min: 1e15, max: 1e21 }).map(Math.round));
  await fc.assert(
    fc.asyncProperty(fc.array(number), async (values) => {
      const text = JSON.stringify(values);
      expect(await read(text)).toEqual(JSON.parse(text));
    }),
  );
});

// Each takes a moment; walking back along the digits from every one of them would take an hour.
describe('five million digits', () => {
  const digits = '7'.repeat(5_000_000);

  test.each([
    ['in quotes', `{"id": "${digits}"}`],
    ['behind a point', `[0.${digits}]`],
    ['behind a point, beside a long number', `[0.${digits}, ${id}]`],
    ['of one number', `[${digits}]`],
  ])('%s', async (_, text) => {
    const value = await read(text, 'text');
    expect(JSON.stringify(value)).toBe(
      JSON.stringify(text.includes(id) ? [JSON.parse(text)[0], id] : text.startsWith('[7') ? [digits] : JSON.parse(text)),
    );
  });

  test('in many lines, one of them with a long number', async () => {
    const line = `{"id": "${digits.slice(0, 50_000)}", "at": 0.${digits.slice(0, 50_000)}}\n`;
    const rows = await parseText(`${line.repeat(50)}${id}\n${line.repeat(50)}`, 'ndjson', 'rows.ndjson', { longNumbers: 'text' });
    expect(rows).toHaveLength(101);
    expect((rows as unknown[])[50]).toBe(id);
  });
});

test('a long run is found wherever it stands, whatever the pieces', () => {
  const part = fc.constantFrom(...',":[-. \n7é\u0130', '7'.repeat(15), '7'.repeat(16), '7'.repeat(33), '"7');
  const texts = fc.array(fc.array(part).map((parts) => parts.join('')));
  fc.assert(
    fc.property(texts, (pieces) => {
      const search = new LongRunSearch();
      const found = pieces.map((piece) => search.search(piece)).includes(true);
      expect(found).toBe(/[\s,:[-]7{16}/.test(`\n${pieces.join('').replaceAll('\u0130', '7')}`));
    }),
  );
});
