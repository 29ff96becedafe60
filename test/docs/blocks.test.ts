import { describe, expect, it } from 'vitest';
import { outputPattern, readBlocks, trimLines } from './blocks.js';

describe('readBlocks', () => {
  it('gives tagged blocks with their lines, exit codes and outputs, and no others', () => {
    const markdown = [
      '# Title',
      '```sh',
      'untagged',
      '```',
      '```sh run exit=2',
      'flowscript validate bad.xml',
      '```',
      '',
      '```text output',
      'bad.xml: …',
      '```',
      '````xml flow',
      '<workflow/>',
      '````',
      '```js run',
      'console.log(1);',
      '```',
    ].join('\n');

    expect(readBlocks('a.md', markdown)).toEqual([
      { kind: 'shell', language: 'sh', text: 'flowscript validate bad.xml\n', line: 5, exitCode: 2, output: 'bad.xml: …\n' },
      { kind: 'flow', language: 'xml', text: '<workflow/>\n', line: 12, exitCode: 0, output: undefined },
      { kind: 'script', language: 'js', text: 'console.log(1);\n', line: 15, exitCode: 0, output: undefined },
    ]);
  });

  it.each([
    ['a slip in a tag', '```xml flwo\n<a/>\n```', 'a.md:1: no such kind of block: xml flwo'],
    ['an unknown option', '```sh run twice\nls\n```', 'a.md:1: no such kind of block: sh run twice'],
    ['output at the start', '```text output\n1\n```', 'a.md:1: expected a block that runs right before this output'],
    ['output of a flow', '```xml flow\n<a/>\n```\n```text output\n1\n```', 'a.md:4: expected a block that runs'],
    ['output after other text', '```sh run\nls\n```\nand\n```text output\n1\n```', 'a.md:5: expected a block that runs'],
    ['two outputs', '```sh run\nls\n```\n```text output\n1\n```\n```text output\n1\n```', 'a.md:7: expected a block that runs'],
  ])('refuses %s', (_, markdown, message) => {
    expect(() => readBlocks('a.md', markdown)).toThrow(message);
  });
});

describe('outputPattern', () => {
  it.each([
    ['a\n', 'a\n\n', true],
    ['a  \nb', 'a\nb  \n', true],
    ['took … ms', 'took 12 ms', true],
    ['first\n…\nlast', 'first\n1\n2\nlast', true],
    ['[1] (a|b).', '[1] (a|b).', true],
    ['a', 'a\nb', false],
    ['a', 'ba', false],
    ['took … ms', 'took 12 s', false],
    ['a.c', 'abc', false],
  ])('of %j decides on %j: %s', (expected, actual, matches) => {
    expect(outputPattern(expected).test(trimLines(actual))).toBe(matches);
  });
});
