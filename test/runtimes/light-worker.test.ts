import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { expect, test } from 'vitest';

/** Packages that a built file loads as soon as it is imported, through every relative import. */
function packagesBehind(file: URL, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file.href)) return packages;
  seen.add(file.href);
  const code = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of code.matchAll(/^(?:import|export)\s(?:[^'"]*?from\s*)?['"]([^'"]+)['"]/gm)) {
    if (specifier.startsWith('.')) for (const name of packagesBehind(new URL(specifier, file), seen)) packages.add(name);
    else if (!isBuiltin(specifier)) packages.add(specifier);
  }
  return packages;
}

test('a worker that loads the runtimes loads no package at all', () => {
  expect([...packagesBehind(new URL('../../dist/src/runtimes/index.js', import.meta.url))]).toEqual([]);
});

test('the settings half is what loads zod', () => {
  expect([...packagesBehind(new URL('../../dist/src/runtimes/settings/catalog.js', import.meta.url))]).toEqual(['zod']);
});

test('what user modules import loads nothing', () => {
  expect([...packagesBehind(new URL('../../dist/src/runtimes/define-transform.js', import.meta.url))]).toEqual([]);
});
