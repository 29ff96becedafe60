import { readFile, realpath, stat } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What an import leads to. */
export type Resolved =
  | { readonly kind: 'file'; readonly path: string }
  /** An installed package, which changes with its version. */
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly version: string;
      readonly folder: string;
      readonly needs: readonly string[];
    }
  /** Part of Node, or nothing that can be found. */
  | { readonly kind: 'name'; readonly name: string };

/** Finds what `specifier` in the module `from` means, as Node and jiti would. */
export async function resolveImport(specifier: string, from: string): Promise<Resolved> {
  if (specifier.startsWith('file:')) return (await findFile(fileURLToPath(specifier))) ?? named(specifier);
  if (/^\.{0,2}\/|^\.{1,2}$/.test(specifier) || isAbsolute(specifier)) {
    return (await findFile(resolve(dirname(from), specifier))) ?? named(specifier);
  }
  if (isBuiltin(specifier) || /^\w+:/.test(specifier)) return named(specifier);
  const found = specifier.startsWith('#') ? undefined : await findPackage(packageName(specifier), from);
  if (found !== undefined && isInstalled(found.folder)) return found;
  return (await findByNode(specifier, from)) ?? found ?? named(specifier);
}

function named(name: string): Resolved {
  return { kind: 'name', name };
}

const loaded = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

/** TypeScript may stand where an import names the JavaScript that is made of it; jiti and `require` add extensions. */
async function findFile(path: string): Promise<Resolved | undefined> {
  const extension = extname(path);
  const typeScript = /^\.[mc]?js$/.test(extension) ? [path.slice(0, -extension.length) + extension.replace('js', 'ts')] : [];
  const added = loaded.flatMap((each) => [path + each]);
  const inside = loaded.map((each) => join(path, `index${each}`));
  for (const candidate of [path, ...typeScript, ...added, ...inside]) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return { kind: 'file', path: candidate };
  }
  return undefined;
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The package of that name which is nearest to `from`. */
export async function findPackage(name: string, from: string): Promise<Extract<Resolved, { kind: 'package' }> | undefined> {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const manifest = await readManifest(join(folder, 'node_modules', name));
    if (manifest !== undefined) return manifest;
    if (folder === dirname(folder)) return undefined;
  }
}

async function readManifest(folder: string): Promise<Extract<Resolved, { kind: 'package' }> | undefined> {
  try {
    const real = await realpath(folder);
    const manifest = JSON.parse(await readFile(join(real, 'package.json'), 'utf8')) as Manifest;
    const needs = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies });
    return { kind: 'package', name: String(manifest.name), version: String(manifest.version), folder: real, needs };
  } catch {
    return undefined;
  }
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

/** A package that is linked in from elsewhere is edited without a new version. */
function isInstalled(folder: string): boolean {
  return folder.includes(`${sep}node_modules${sep}`);
}

async function findByNode(specifier: string, from: string): Promise<Resolved | undefined> {
  try {
    return await findFile(await realpath(createRequire(from).resolve(specifier)));
  } catch {
    return undefined;
  }
}
