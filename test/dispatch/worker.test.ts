import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../../dist/workers/worker.js', import.meta.url));

/** Every module the entry loads before user code does, by static imports of the build. */
function importsOf(file: string, seen = new Map<string, readonly string[]>()): ReadonlyMap<string, readonly string[]> {
  if (seen.has(file)) return seen;
  const found = [
    ...readFileSync(file, 'utf8').matchAll(/^(?:import|(?:import|export)\s[^;'"]*?\sfrom)\s*['"]([^'"]+)['"];/gm),
  ].map((match) => match[1] as string);
  seen.set(file, found);
  for (const specifier of found.filter((each) => each.startsWith('.'))) importsOf(resolve(dirname(file), specifier), seen);
  return seen;
}

it('loads neither zod nor the XML reader nor the pool in a worker', () => {
  const graph = importsOf(entry);
  expect(graph.size).toBeGreaterThan(3);
  const packages = [...graph.values()].flat().filter((specifier) => !specifier.startsWith('.'));
  expect(packages).toContain('node:worker_threads');
  for (const name of ['zod', 'fast-xml-parser', 'piscina', 'commander']) expect(packages).not.toContain(name);
});

it('refuses to load in the main thread', async () => {
  await expect(import('#workers/worker.js' as string)).rejects.toThrow(/worker threads/);
});
