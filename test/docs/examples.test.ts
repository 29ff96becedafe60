import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type DocBlock, outputPattern, readBlocks, trimLines } from './blocks.js';
import { type Outcome, root, Workspace } from './workspace.js';

const pages = ['README.md', ...markdownIn('docs')].map((file) => ({
  file,
  blocks: readBlocks(file, readFileSync(join(root, file), 'utf8')),
}));

describe('the documentation', () => {
  it('starts with blocks that are checked', () => {
    expect(pages[0]?.blocks.length).toBeGreaterThan(0);
  });

  it.each<DocBlock['kind']>(['flow', 'shell', 'script'])('has a %s block', (kind) => {
    expect(pages.flatMap(({ blocks }) => blocks).filter((block) => block.kind === kind).length).toBeGreaterThan(0);
  });

  it('shows what something prints', () => {
    expect(pages.flatMap(({ blocks }) => blocks).filter(({ output }) => output !== undefined).length).toBeGreaterThan(0);
  });
});

// The blocks of a page build on one another, as they do for a reader: one folder, in order.
describe.each(pages.filter(({ blocks }) => blocks.length > 0))('$file', ({ blocks }) => {
  const workspace = new Workspace();
  afterAll(() => workspace.remove());

  it.each(blocks)('line $line: $language keeps its promise', (block) => {
    const { exitCode, output } = perform(workspace, block);

    expect({ exitCode, output }).toMatchObject({ exitCode: block.exitCode });
    if (block.output !== undefined) expect(trimLines(output)).toMatch(outputPattern(block.output));
  });
});

function perform(workspace: Workspace, { kind, language, text, line }: DocBlock): Outcome {
  if (kind === 'shell') return workspace.shell(text);
  const name = `block-${line}`;
  workspace.write(`${name}.${kind === 'flow' ? 'xml' : language}`, text);
  if (kind === 'flow') return workspace.shell(`flowscript validate ${name}.xml`);
  if (language === 'ts') {
    const compiled = workspace.compile(`${name}.ts`);
    if (compiled.exitCode !== 0) return compiled;
  }
  return workspace.shell(`"${process.execPath}" ${name}.js`);
}

function markdownIn(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}
