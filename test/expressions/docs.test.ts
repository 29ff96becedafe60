import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '#src/expressions/index.js';

const text = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/```cel\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
const examples = blocks.flatMap((block) => block.trimEnd().split('\n'));

describe('examples in docs/expressions.md', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(80);
  });

  it.each(examples)('%s', (line) => {
    const [expression, json] = line.split('  // => ');
    expect(json, 'an example is `expression  // => json`').toBeDefined();
    const value = compileExpression(expression ?? '').evaluate(() => undefined);
    expect(value).toEqual(JSON.parse(json ?? ''));
  });
});
