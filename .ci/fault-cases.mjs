// Compares docs/reliability.md with vitest's JSON result: how many test cases stand behind each fault that no soak measures.
// With --write it puts the numbers there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/reliability.md');
const [file, mode] = process.argv.slice(2);
const ran = JSON.parse(readFileSync(file, 'utf8')).testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ title }) => ({ file: relative(root, name).split(sep).join('/'), title })),
);

const text = readFileSync(page, 'utf8');
const counted = text.replace(/^(\|.*)\| (?:–|\d+ cases?) \|$/gm, (row, before) => {
  const cases = [...before.matchAll(/\[(test\/[^\]]+)\]\([^)]+\) "((?:[^"\\]|\\.)+)"/g)].flatMap(([, at, title]) =>
    casesOf(at, title),
  );
  if (!before.includes('](../test/')) return row;
  if (cases.length > 0) return `${before}| ${cases.length} ${cases.length === 1 ? 'case' : 'cases'} |`;
  console.error(`No test case has run for: ${row}`);
  process.exitCode = 1;
  return row;
});

if (mode === '--write') writeFileSync(page, counted);
else if (counted !== text) {
  console.error('docs/reliability.md tells other numbers of cases than have run:');
  const lines = text.split('\n');
  for (const [at, line] of counted.split('\n').entries())
    if (line !== lines[at]) console.error(line.slice(0, 100), line.slice(-12));
  process.exitCode = 1;
}

/** A suite that several files run has its cases in those. */
function casesOf(at, title) {
  const isSuite = !at.endsWith('.test.ts');
  const pattern = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%[a-z]|\\\$\w+/g, '.*')}$`, 's');
  return ran.filter((each) => (isSuite || each.file === at) && pattern.test(each.title));
}
