import { expect, test } from 'vitest';
import { renderCodeFrame } from '#src/parser/code-frame.js';

const frame = (text: string, line: number, column: number) => renderCodeFrame(text, { file: 'f', line, column }).split('\n');

test('The line, the line before it, and a caret under the column', () => {
  const text = `${'\n'.repeat(8)}<a>\r\n  <b c="d"/>\r\n</a>`;
  expect(frame(text, 10, 9)).toEqual([' 9 | <a>', '10 |   <b c="d"/>', '   |         ^']);
});

test('The first line has none before it, and a byte order mark no column', () => {
  expect(frame('\uFEFF<a/>', 1, 2)).toEqual(['1 | <a/>', '  |  ^']);
});

test('Tabs are as wide in the line as above the caret', () => {
  expect(frame('<a>\n\t\tb\tc', 2, 5)).toEqual(['1 | <a>', '2 |     b  c', '  |        ^']);
});

test.each([0, 59, 60, 61, 5_000, 99_939, 99_998, 99_999])(
  'Of a line of 100,000 characters, the part around offset %i',
  (offset) => {
    const text = `${'a'.repeat(offset)}X${'b'.repeat(99_999 - offset)}`;
    const [line = '', caret = ''] = frame(text, 1, offset + 1);
    expect(line.length).toBeLessThan(130);
    expect(line[caret.indexOf('^')]).toBe('X');
  },
);

test('A column past the end stands after the last character', () => {
  expect(frame('ab', 1, 99)).toEqual(['1 | ab', '  |   ^']);
});

test('A line that is not there gives nothing', () => {
  expect(renderCodeFrame('a', { file: 'f', line: 2, column: 1 })).toBe('');
  expect(renderCodeFrame('a', { file: 'f', line: 0, column: 1 })).toBe('');
});

test('Nothing that could act on a terminal gets through', () => {
  expect(frame('a\u001b[31m\u0000\u202eb', 1, 1)[0]).toBe('1 | a\uFFFD[31m\uFFFD\uFFFDb');
  const halved = frame(`${'x'.repeat(59)}${'😀'.repeat(100)}`, 1, 121).join('\n');
  expect(/\p{Surrogate}/u.test(halved)).toBe(false);
});
