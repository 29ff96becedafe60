import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '#src/runtimes/formats/json-fault.js';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonFault', () => {
  test.each([
    ['', 0, 'a value'],
    ['[1,\n 2 3]', 7, 'a comma or the closing bracket'],
    ['{"a":1,}', 7, 'a name in double quotes'],
    ["{'a':1}", 1, 'a name in double quotes or }'],
    ['[1,]', 3, 'a value'],
    ['[1', 2, 'a comma or the closing bracket'],
    ['{"a" 1}', 5, ':'],
    ['1 2', 2, 'the end of the text'],
    ['[1}', 2, 'a comma or the closing bracket'],
    ['"open', 0, 'a value'],
    ['nul', 0, 'a value'],
  ])('%j fails at %d', (text, index, expected) => {
    expect(findJsonFault(text)).toEqual({ index, expected });
  });

  test('finds no fault in JSON, and one in everything JSON.parse refuses', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '{', '"', '\\', '0', ' ', ':', 'e', '-', '\n'))
      .map(([text, place, put]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + put + text.slice(at + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => (findJsonFault(text) === undefined) === parses(text)),
      { numRuns: 3000 },
    );
  });

  test('copes with long texts', () => {
    const long = JSON.stringify('x"\\'.repeat(1_000_000));
    expect(findJsonFault(long)).toBeUndefined();
    expect(findJsonFault(`[${'['.repeat(500_000)}`)?.index).toBe(500_001);
  });
});
