import { expect, test } from 'vitest';
import { terminalText } from '#src/errors/terminal-text.js';

test.each([
  ['plain text, é and 😀', 'plain text, é and 😀'],
  ['two\r\nlines\tof text', 'two\nlines\tof text'],
  ['\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]0;title\u0007rest', 'rest'],
  ['over\rwritten', 'over\uFFFDwritten'],
  ['bell\u0007, \u0000, \u007F, \u0085', 'bell\uFFFD, \uFFFD, \uFFFD, \uFFFD'],
  ['a\u202Egnp.exe', 'a\uFFFDgnp.exe'],
  ['half \uD800 a character', 'half \uFFFD a character'],
])('%j is shown as %j', (text, shown) => {
  expect(terminalText(text)).toBe(shown);
});
