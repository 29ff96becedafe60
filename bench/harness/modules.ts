import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root of the clone. Benchmarks run from `dist/bench`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A file of `bench/modules` as it was built. */
export function modulePath(name: string): string {
  return fileURLToPath(new URL(`../modules/${name}`, import.meta.url));
}

/** A file of `bench/children` as it was built. */
export function childPath(name: string): string {
  return fileURLToPath(new URL(`../children/${name}`, import.meta.url));
}

/** What the `flowscript` command runs. */
export function commandPath(): string {
  const { bin }: { readonly bin: { readonly flowscript: string } } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return root + bin.flowscript;
}
