import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeOutput } from '#src/errors/describe-output.js';
import { createEngine, parseWorkflow } from '#src/flowscript.js';
import { modes, root } from './example-folder.js';

const pages = ['README.md', 'docs/language.md'];
// No line of a block starts with three backticks.
const flowAndResult = /^```xml flow\n((?:(?!```).*\n)*)```\n\n```json\n((?:(?!```).*\n)*)```$/gm;
const shown = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(flowAndResult)].map(([, flow = '', result = '']) => {
    return { page, name: /name="(.+?)"/.exec(flow)?.[1] ?? 'nameless', flow, result: JSON.parse(result) as unknown };
  }),
);

it.each([
  ['README.md', 1],
  ['docs/language.md', 6],
])('%s shows results', (page, least) => {
  expect(shown.filter((each) => each.page === page).length).toBeGreaterThanOrEqual(least);
});

describe.each(modes)('flows of the documentation, mode %s', (mode) => {
  const engine = createEngine({ mode });
  afterAll(() => engine.close());

  it.each(shown)('$page: $name gives what is shown below it', async ({ flow, result }) => {
    const { output, error } = await engine.run(parseWorkflow(flow));

    expect({ output: describeOutput(output), error }).toEqual({ output: result, error: undefined });
  });
});
