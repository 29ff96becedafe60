import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, parseWorkflow } from '#src/flowscript.js';
import { modes, root } from './example-folder.js';

const page = readFileSync(join(root, 'docs/language.md'), 'utf8');
// No line of a block starts with three backticks.
const flowAndResult = /^```xml flow\n((?:(?!```).*\n)*)```\n\n```json\n((?:(?!```).*\n)*)```$/gm;
const shown = [...page.matchAll(flowAndResult)].map(([, flow = '', result = '']) => {
  return { name: /name="(.+?)"/.exec(flow)?.[1] ?? 'nameless', flow, result: JSON.parse(result) as unknown };
});

it('docs/language.md shows results', () => {
  expect(shown.length).toBeGreaterThan(5);
});

describe.each(modes)('docs/language.md, mode %s', (mode) => {
  const engine = createEngine({ mode });
  afterAll(() => engine.close());

  it.each(shown)('$name gives what is shown below it', async ({ flow, result }) => {
    const { output, error } = await engine.run(parseWorkflow(flow));

    expect({ output, error }).toEqual({ output: result, error: undefined });
  });
});
