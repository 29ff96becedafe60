import { existsSync, readFileSync } from 'node:fs';

/** Every file that a file of `lib/` loads by static imports, itself first. */
export function filesBehind(file: URL, seen = new Set<string>()): readonly URL[] {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  return [file, ...importsOf(file).flatMap((imported) => filesBehind(imported, seen))];
}

/** What it imports from beside it, at once. */
export function importsOf(file: URL): readonly URL[] {
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^'"]*?from\s*)?["'](\.[^"']+)["']/gm);
  return [...imports].map(([, specifier = '']) => new URL(specifier, file));
}

/** What files of `lib/` were made of, by their source maps; one that only passes on what another exports has none. */
export function sourcesOf(files: readonly URL[]): readonly string[] {
  const mapped = files.filter((file) => existsSync(new URL(`${file.href}.map`)));
  return mapped.flatMap((file) => {
    const map: { readonly sources: readonly string[] } = JSON.parse(readFileSync(new URL(`${file.href}.map`), 'utf8'));
    return map.sources;
  });
}
