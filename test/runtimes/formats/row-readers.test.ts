import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvReader } from '#src/runtimes/formats/csv-reader.js';
import type { TextFormat } from '#src/runtimes/formats/format.js';
import { LineReader, NdjsonReader, type RowReader } from '#src/runtimes/formats/line-reader.js';
import { parseText } from '#src/runtimes/formats/read-format.js';

type RowFormat = Extract<TextFormat, 'ndjson' | 'csv' | 'lines'>;

async function readerOf(format: RowFormat): Promise<RowReader> {
  if (format === 'csv') return createCsvReader(',', 'file');
  return format === 'lines' ? new LineReader() : new NdjsonReader('file');
}

/** What comes out, rows or the error, when the text comes in pieces that end at `cuts`. */
async function inPieces(text: string, format: RowFormat, cuts: readonly number[]): Promise<unknown> {
  const reader = await readerOf(format);
  const ends = [...cuts, text.length].sort((a, b) => a - b);
  try {
    const rows = ends.flatMap((end, at) => [...reader.read(text.slice(ends[at - 1] ?? 0, end), false)]);
    return [...rows, ...reader.read('', true)];
  } catch (error) {
    return (error as Error).message;
  }
}

function atOnce(text: string, format: RowFormat): Promise<unknown> {
  return parseText(text, format, 'file').catch((error: Error) => error.message);
}

const runs = Number(process.env['FLOWSCRIPT_PROPERTY_RUNS'] ?? 40);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const cell = fc.oneof(
  fc.constantFrom('', '1', 'true', 'ä€😀', '"a,b"', '"two\nlines"', '"two\r\nlines"', '"say ""no"""', ' ', '"spaced" '),
  fc.integer().map(String),
);
const odd = fc.constantFrom('"never closed', 'x"y', '"bad"quote,2,3', 'only one', '', '   ');

describe('rows that come in pieces', () => {
  it.each(['lines', 'ndjson'] as const)('are those of the whole text: %s', async (format) => {
    const value = fc.oneof(
      fc.jsonValue().map((each) => JSON.stringify(each)),
      fc.constantFrom('', '  ', '{', '"a\u2028b"'),
    );
    const text = fc.array(fc.tuple(value, lineEnd)).map((lines) => lines.map((parts) => parts.join('')).join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(400)), fc.boolean(), async (lines, cuts, isCut) => {
        const whole = isCut ? lines.slice(0, -1) : lines;
        const own = cuts.map((cut) => Math.min(cut, whole.length));
        expect(await inPieces(whole, format, own)).toEqual(await atOnce(whole, format));
      }),
      { numRuns: 5 * runs },
    );
  });

  it('are those of the whole text: csv, also behind what the parser needs to know its line ends', async () => {
    const row = fc.tuple(cell, cell, cell).map((cells) => cells.join(','));
    const tail = fc.array(fc.oneof({ weight: 12, arbitrary: row }, { weight: 1, arbitrary: odd }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        tail,
        lineEnd,
        fc.constantFrom(true, false, false, false),
        fc.array(fc.nat(2_000)),
        async (rows, end, isLong, cuts) => {
          const head = `a,b,c${end}${isLong ? `1,2,3${end}`.repeat(160_000) : ''}`;
          const text = head + rows.join(end);
          const own = cuts.map((cut) => Math.min((isLong ? head.length : 0) + cut, text.length));
          // As text: a comparison of so many rows takes longer than to read them.
          expect(JSON.stringify(await inPieces(text, 'csv', own))).toBe(JSON.stringify(await atOnce(text, 'csv')));
        },
      ),
      { numRuns: Math.ceil(runs / 2) },
    );
  }, 120_000);

  it('are read in a time that grows with the text alone where a quote is never closed', async () => {
    const reader = await createCsvReader(',', 'file');
    const piece = 'x,'.repeat(8_000);
    const read = () => {
      reader.read('a\n"', false);
      for (let at = 0; at < 2_000; at++) reader.read(piece, false);
      return reader.read('', true);
    };
    expect(read).toThrow('file is not CSV: Quoted field unterminated (line 2).');
  });
});
