import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseText, readFormat } from '#src/runtimes/formats/read-format.js';
import { writeText } from '#src/runtimes/formats/write-format.js';
import { failureOf } from '../run-node.js';

describe('parseText', () => {
  test.each([
    ['json', '{"a":[1]}', { a: [1] }],
    ['ndjson', '{"a":1}\n\n2\r\n"x"\n', [{ a: 1 }, 2, 'x']],
    ['ndjson', '', []],
    ['lines', 'a\r\nb\n\nc\n', ['a', 'b', '', 'c']],
    ['lines', '', []],
    ['text', ' a\n', ' a\n'],
    [
      'csv',
      'id,name\n1,Ann\n2,"B, ""b"""\n\n',
      [
        { id: 1, name: 'Ann' },
        { id: 2, name: 'B, "b"' },
      ],
    ],
    ['csv', '', []],
    ['csv', 'a,b\n', []],
  ] as const)('%s %j', async (format, text, value) => {
    expect(await parseText(text, format, 'it')).toEqual(value);
  });

  test('types a CSV cell only when writing it back gives the same text', async () => {
    const cells = [
      '1',
      '-2.5',
      '007',
      '1e3',
      '+1',
      '1.0',
      '0x1F',
      ' 1',
      'Infinity',
      'NaN',
      '-0',
      '12345678901234567890',
      'true',
      'TRUE',
      'null',
      '',
    ];
    const rows = (await parseText(`v,w\n${cells.map((cell) => `${cell},x`).join('\n')}\n`, 'csv', 'it')) as { v: unknown }[];
    const expected = [
      1,
      -2.5,
      '007',
      '1e3',
      '+1',
      '1.0',
      '0x1F',
      ' 1',
      'Infinity',
      'NaN',
      '-0',
      '12345678901234567890',
      true,
      'TRUE',
      'null',
      '',
    ];
    expect(rows.map(({ v }) => v)).toEqual(expected);
  });

  test('takes another delimiter, and a column called __proto__ as any other', async () => {
    const [row] = (await parseText('__proto__;b\n1;2\n', 'csv', 'it', { delimiter: ';' })) as object[];
    expect(Object.entries(row ?? {})).toEqual([
      ['__proto__', 1],
      ['b', 2],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  test.each([
    [
      'json',
      '{\n  "a": 1,\n  oops\n}',
      'data.json is not JSON: expected a name in double quotes, got "oops" (line 3, column 3).',
      3,
    ],
    ['ndjson', '1\n2\n{"a"}\n', 'expected :, got "}" (line 3, column 5)', 3],
    ['csv', 'a,b\n"x\ny",1\n1,2,3\n', 'expected 2 cells as in the header, got 3 (line 4)', 4],
    ['csv', 'a,b\n1\n', 'expected 2 cells as in the header, got 1 (line 2)', 2],
    ['csv', '\na,b,a\n', 'names the column "a" twice (line 2)', 2],
    ['csv', 'a,b\n1,"open\n', 'line 2', 2],
  ] as const)('says where %s %j breaks', async (format, text, message, line) => {
    const error = await failureOf(() => parseText(text, format, 'data.json'));
    expect(error.code).toBe('PARSE_FAILED');
    expect(error.message).toContain(message);
    expect(error.fields['line']).toBe(line);
  });
});

test.each([
  ['csv', 'a,b\n1\n', /fewer cells than the header/],
  ['csv', 'a,b\n1,2,3\n', /double quotes/],
  ['csv', 'a,a\n1,2\n', /Rename one of the two/],
  ['json', '{"a": [1, 2,\n]}', /Remove the comma before the "\]"/],
] as const)('says what to do about %s %j', async (format, text, hint) => {
  expect((await failureOf(() => parseText(text, format, 'it'))).hint).toMatch(hint);
});

describe('readFormat', () => {
  test('drops a byte order mark and honours the encoding', async () => {
    expect(await readFormat(new TextEncoder().encode('\ufeff[1]'), 'json', 'it')).toEqual([1]);
    expect(await readFormat(new Uint8Array([0xe9]), 'text', 'it', { encoding: 'windows-1252' })).toBe('é');
    expect(await readFormat(new Uint8Array([0x41, 0x00]), 'text', 'it', { encoding: 'utf-16le' })).toBe('A');
  });

  test('refuses bytes that are not of the encoding', async () => {
    const error = await failureOf(() => readFormat(new Uint8Array([0x41, 0xe9]), 'text', 'a.txt'));
    expect([error.code, error.message]).toEqual(['PARSE_FAILED', 'a.txt is not text in utf-8.']);
  });

  test('gives bytes as a plain Uint8Array of exact memory', async () => {
    const value = await readFormat(Buffer.from('ab'), 'binary', 'it');
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
    expect((value as Uint8Array).buffer.byteLength).toBe(2);
  });
});

describe('writeText', () => {
  test.each([
    ['json', { a: new Float64Array([1, 2]), b: new Set([1]), c: new Map([['k', 1]]) }, '{"a":[1,2],"b":[1],"c":{"k":1}}'],
    ['json', undefined, 'null'],
    ['ndjson', [{ a: 1 }, null], '{"a":1}\nnull\n'],
    [
      'csv',
      [
        { a: 1, b: 'x,y' },
        { b: null, c: { d: [1] } },
      ],
      'a,b,c\n1,"x,y",\n,,"{""d"":[1]}"\n',
    ],
    [
      'csv',
      [
        [1, 'a'],
        [2, 'b'],
      ],
      '1,a\n2,b\n',
    ],
    ['csv', [], ''],
    ['lines', ['a', 1, true], 'a\n1\ntrue\n'],
    ['text', 12, '12'],
  ] as const)('%s %#', async (format, value, text) => {
    expect(await writeText(value, format)).toBe(text);
  });

  test.each([
    ['csv', [1], 'got the number 1 at index 0'],
    ['csv', { a: 1 }, 'expects a list, got an object with a'],
    ['lines', [{}], 'got an empty object'],
    ['text', [1], 'got a list of 1'],
    ['json', 1n, 'BigInt'],
  ] as const)('%s refuses what it cannot hold %#', async (format, value, message) => {
    const error = await failureOf(() => writeText(value, format));
    expect(error.code).toBe('NODE_INPUT_INVALID');
    expect(error.message).toContain(message);
  });

  test('a circle is refused as JSON', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect((await failureOf(() => writeText(circle, 'json'))).message).toContain('circular');
  });

  test('what is written reads back the same', async () => {
    const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const rows = fc.array(fc.record({ a: cell, b: cell, 'c d': cell }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        // Texts that look like a number or boolean come back as one; the text of each cell is what must survive.
        const asText = (value: unknown) => (value as Record<string, unknown>[]).map((row) => Object.values(row).map(String));
        expect(asText(await parseText(await writeText(list, 'csv'), 'csv', 'it'))).toEqual(asText(list));
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (list) => {
        const normal = JSON.parse(JSON.stringify(list));
        expect(await parseText(await writeText(list, 'ndjson'), 'ndjson', 'it')).toEqual(normal);
        expect(await parseText(await writeText(list, 'json', { indent: 2 }), 'json', 'it')).toEqual(normal);
      }),
    );
  });
});
