import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every real flow of this repository: the examples, the fixtures of tests and the blocks of the documentation. */
export const realFlows: readonly string[] = [
  ...filesBelow('examples', '.xml'),
  ...filesBelow('test', '.xml'),
  ...['README.md', ...markdownOf('docs')].flatMap(flowBlocks),
];

/** Flows that use every element and run in milliseconds. */
export const runnableFlows: readonly string[] = [
  ...markdownOf('docs').flatMap(flowBlocks),
  ...filesBelow('test/fuzz/fixtures', '.xml'),
];

/** Expressions of the documentation. */
export const realExpressions: readonly string[] = blocksOf(read('docs/expressions.md'), 'cel')
  .flatMap((block) => block.split('\n'))
  .map((line) => line.split('  // =>')[0] ?? '')
  .filter((line) => line !== '');

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function filesBelow(folder: string, ending: string): string[] {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return found
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => read(join(folder, name)));
}

function markdownOf(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(folder, name));
}

function flowBlocks(file: string): string[] {
  return blocksOf(read(file), 'xml').filter((block) => block.startsWith('<workflow'));
}

function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\b[^\\n]*\\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
}
