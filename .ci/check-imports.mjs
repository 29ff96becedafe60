// Checks who may import whom (rules: dependency-rules.mjs). Needs an up-to-date dist/.
//
// Type-only imports count too, but the build has lost them, and dependency-cruiser cannot read TypeScript 7.
// So it gets a second build, to read and not to run, from sources whose type-only imports are made plain ones.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = join(root, 'dist/imports');
const typeOnly = /^(import|export) type (?=\{|\*|\w+ from )/gm;

rmSync(copy, { recursive: true, force: true });
let made = 0;
for (const file of ['src', 'workers'].flatMap(sourcesIn)) {
  const text = readFileSync(join(root, file), 'utf8');
  const target = join(copy, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text.replace(typeOnly, '$1 '));
  made += text.match(typeOnly)?.length ?? 0;
}
if (made === 0) throw new Error('Found no type-only import in src/: has their form changed?');

run('node_modules/typescript/bin/tsc', '-p', '.ci/tsconfig.imports.json');
run(
  'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  '--config',
  '.ci/dependency-rules.mjs',
  'dist/src',
  'dist/workers',
  'dist/imports',
);

function sourcesIn(folder) {
  const names = readdirSync(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
