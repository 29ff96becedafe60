import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalReader } from '#src/journal/journal-reader.js';
import { JournalWriter } from '#src/journal/journal-writer.js';

interface Sample {
  readonly key: string;
  readonly detail: string;
  readonly body: readonly Uint8Array[];
}

/** As a text, for those are compared at once. */
interface Found {
  readonly key: string;
  readonly detail: string;
  readonly body: string;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowscript-journal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(samples: readonly Sample[], workMs = 1): string {
  const file = join(folder, `${Math.random()}.journal`);
  const writer = new JournalWriter(file, (error) => {
    throw error;
  });
  for (const { key, detail, body } of samples) writer.append(key, detail, body, workMs);
  writer.flush();
  return file;
}

function read(file: string): Found[] {
  const reader = new JournalReader(file);
  const found = [...reader.spans()].map((span) => {
    const { key, detail, body } = reader.read(span);
    return { key, detail, body: Buffer.from(body.take(new ArrayBuffer(span.bodyBytes))).toString('latin1') };
  });
  reader.release();
  return found;
}

const joined = ({ key, detail, body }: Sample): Found => ({ key, detail, body: Buffer.concat(body).toString('latin1') });
const large = fc
  .tuple(fc.integer({ min: 20_000, max: 40_000 }), fc.integer({ min: 1, max: 255 }))
  .map(([length, step]) => Uint8Array.from({ length }, (_, at) => at * step));

const sample = fc.record({
  // Some hold the mark that entries begin with.
  key: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('FSJ1')),
  detail: fc.json(),
  body: fc.array(fc.oneof({ weight: 5, arbitrary: fc.uint8Array({ maxLength: 300 }) }, { weight: 1, arbitrary: large }), {
    maxLength: 3,
  }),
});

describe('a journal', () => {
  test('gives back what was written, in order', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), fc.constantFrom(0, 0.001, 1), (samples, workMs) => {
        const file = write(samples, workMs);
        expect(existsSync(file) ? read(file) : []).toEqual(samples.map(joined));
      }),
      { numRuns: 60 },
    );
  });

  test('that was cut off gives every entry before the cut', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 10 }), fc.nat(), (samples, cut) => {
        const file = write(samples);
        const whole = readFileSync(file);
        const length = cut % whole.byteLength;
        writeFileSync(file, whole.subarray(0, length));
        const ends = samples.map((_, at) => readFileSync(write(samples.slice(0, at + 1))).byteLength);
        expect(read(file)).toEqual(samples.slice(0, ends.filter((end) => end <= length).length).map(joined));
      }),
      { numRuns: 40 },
    );
  });

  test('in which bytes were changed gives every entry but those', () => {
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 10 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (samples, at, change) => {
          const file = write(samples);
          const bytes = readFileSync(file);
          const position = at % bytes.byteLength;
          bytes[position] = (bytes[position] as number) ^ change;
          writeFileSync(file, bytes);
          const ends = samples.map((_, index) => readFileSync(write(samples.slice(0, index + 1))).byteLength);
          const hit = ends.findIndex((end) => position < end);
          expect(read(file)).toEqual(samples.filter((_, index) => index !== hit).map(joined));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('survives garbage between its entries', () => {
    const [one, two] = [write([{ key: 'one', detail: '1', body: [] }]), write([{ key: 'two', detail: '2', body: [] }])].map(
      (file) => readFileSync(file),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(Buffer.from('FSJ1FSJ1'))), (garbage) => {
        const file = join(folder, 'garbage.journal');
        writeFileSync(file, Buffer.concat([one as Buffer, garbage, two as Buffer]));
        expect(read(file).map(({ key }) => key)).toEqual(['one', 'two']);
      }),
      { numRuns: 100 },
    );
  });

  test.skipIf(!existsSync('/dev/full'))('on a full disk tells of it once, and is silent from then on', () => {
    const faults: string[] = [];
    const writer = new JournalWriter('/dev/full', ({ code }) => faults.push(String(code)));
    for (let each = 0; each < 5; each++) writer.append('key', '1', [new Uint8Array(10)], 1);
    writer.flush();
    expect(faults).toEqual(['ENOSPC']);
  });

  test('writes at once what took long, and gathers what did not', () => {
    const file = join(folder, 'gathers.journal');
    const writer = new JournalWriter(file, () => {});
    writer.append('short', '1', [], 0.1);
    expect(existsSync(file)).toBe(false);
    writer.append('long', '1', [], 0.3);
    expect(read(file).map(({ key }) => key)).toEqual(['short', 'long']);
    for (let each = 0; each < 9; each++) writer.append('short', '1', [], 0.125);
    expect(read(file)).toHaveLength(2 + 8);
    writer.flush();
    expect(read(file)).toHaveLength(2 + 9);
  });
});
