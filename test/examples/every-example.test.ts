import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWorkflow } from '#src/flowscript.js';
import { root } from './example-folder.js';

const names = readdirSync(join(root, 'examples')).sort();

it('there are examples, numbered from one on', () => {
  expect(names.map((name) => name.split('-')[0])).toEqual(['1', '2', '3', '4', '5', '6']);
});

describe.each(names)('%s', (name) => {
  it('is a valid flow with a README', async () => {
    const { plan } = await loadWorkflow(join(root, 'examples', name, 'flow.xml'));

    expect(plan.vertices.length).toBeGreaterThan(2);
    expect(readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')).toMatch(/^# .+\n\n.+flowscript run flow\.xml/);
  });

  it('has a test of what it computes', () => {
    expect(readdirSync(join(root, 'test/examples'))).toContain(`${name}.test.ts`);
  });
});
