import { describe, expect, test } from 'vitest';
import { failureOf, runNode } from '../run-node.js';

const parse = (format: string, input: unknown) => runNode('transform:parse', { format }, { input });

describe('JSON nested without end', () => {
  const deep = (levels: number, open: string, close: string): string => `${open.repeat(levels)}1${close.repeat(levels)}`;

  test.each([
    ['[', ']'],
    ['{"a":', '}'],
    ['["]\\"",{"[[":', '}]'],
  ])('%s', async (open, close) => {
    const most = open.length > 5 ? 500 : 1_000;
    expect(await parse('json', deep(most, open, close))).toBeDefined();
    for (const levels of [most + 1, 200_000]) {
      const { code, message, fields } = await failureOf(() => parse('json', `\n${deep(levels, open, close)}`));
      expect([code, fields['line']]).toEqual(['PARSE_FAILED', 2]);
      expect(message).toContain('nested more than 1000 levels deep');
    }
  });

  test('is no level deeper for brackets in its texts', async () => {
    expect(await parse('json', JSON.stringify(['['.repeat(5_000), '"{\\'.repeat(3_000)]))).toHaveLength(2);
  });

  test('on a line of NDJSON names the line', async () => {
    const { code, fields } = await failureOf(() => parse('ndjson', `1\n2\n${deep(5_000, '[', ']')}\n3`));
    expect([code, fields['line']]).toEqual(['PARSE_FAILED', 3]);
  });
});

describe('CSV made to be slow', () => {
  test.each([
    ['a quoted cell that never ends', `a,b\n1,"${'x,\n'.repeat(1_000_000)}`, 2],
    ['a hundred thousand broken quotes', `a\n${'"x"y\n'.repeat(100_000)}`, 2],
    ['a header of too many columns', `${Array.from({ length: 100_001 }, (_, n) => `c${n}`).join()}\n`, 1],
    ['a row of too many cells', `a,b\n1,2\n${'x,'.repeat(1_000_000)}\n`, 3],
    ['a double column far behind', `${Array.from({ length: 90_000 }, (_, n) => `c${n}`).join()},c7\n`, 1],
  ])('%s', { timeout: 120_000 }, async (_name, text, line) => {
    const start = process.cpuUsage();
    const { code, fields } = await failureOf(() => parse('csv', text));
    expect([code, fields['line']]).toEqual(['PARSE_FAILED', line]);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(20_000);
  });
});

test('text longer than Node can hold is told', { timeout: 120_000 }, async () => {
  const part = 'x'.repeat(2 ** 28);
  for (const [format, input] of [
    ['lines', [part, part]],
    ['ndjson', [part, part]],
    ['json', [part, part]],
  ] as const) {
    const { code } = await failureOf(() => runNode('transform:stringify', { format }, { input }));
    expect([format, code]).toEqual([format, 'DATA_TOO_LARGE']);
  }
});

describe('cells of CSV that no text stands for', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  test.each([[cycle], [{ n: 10n }]])('fail', async (cell) => {
    const { code } = await failureOf(() => runNode('transform:stringify', { format: 'csv' }, { input: [{ a: cell }] }));
    expect(code).toBe('NODE_INPUT_INVALID');
  });

  test('are empty for a date that is none', async () => {
    expect(await runNode('transform:stringify', { format: 'csv' }, { input: [{ a: 1, b: new Date(Number.NaN) }] })).toBe(
      'a,b\n1,\n',
    );
  });
});
