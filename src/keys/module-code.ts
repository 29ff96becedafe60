import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { hashData } from './hash-file.js';
import { hashValue } from './hash-value.js';
import { readModuleTokens } from './module-tokens.js';
import { findPackage, resolveImport } from './resolve-import.js';

/** The code behind a module: the file and all it imports, as far as that is written in it as plain text. */
export interface ModuleCode {
  /** The same wherever the files lie, however they are laid out and commented. */
  readonly hash: string;
  readonly files: readonly CodeFile[];
  /** `name@version` of installed packages, those that they need included. */
  readonly packages: readonly string[];
  /** Every name that occurs in the files, and `...` if it does. */
  readonly words: ReadonlySet<string>;
}

export interface CodeFile {
  readonly path: string;
  readonly hash: string;
  /** Changes when the file is written. */
  readonly stamp: string;
}

/** What is in a file of code, whoever imports it. */
interface SourceFile {
  readonly stamp: string;
  readonly hash: string;
  readonly imports: readonly string[];
  readonly words: ReadonlySet<string>;
}

/** By absolute path: a file that several modules import is read once. */
export type SourceFiles = Map<string, Promise<SourceFile>>;

/**
 * Reads the code of a module.
 * @param file absolute
 * @throws the system's error when the file cannot be read
 */
export async function readModuleCode(file: string, sources: SourceFiles): Promise<ModuleCode> {
  const reader = new CodeReader(sources);
  await reader.read(file);
  return reader.result();
}

/** Whether a file has been written since it had this stamp. */
export async function isWritten(path: string, stamp: string): Promise<boolean> {
  return stamp !== (await stampOf(path).catch(() => 'gone'));
}

async function readSource(path: string): Promise<SourceFile> {
  const stamp = await stampOf(path);
  const bytes = await readFile(path);
  if (!/^\.[mc]?[jt]s$/.test(extname(path))) return { stamp, hash: hashData(bytes, path), imports: [], words: new Set() };
  const { text, imports, words } = readModuleTokens(bytes.toString('utf8'));
  return { stamp, hash: hash('sha256', text), imports, words };
}

/**
 * Changes when a file is written.
 * @throws the system's error when there is none
 */
export async function stampOf(path: string): Promise<string> {
  const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
  return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
}

/** Files are told apart by the order in which they are found, so that no path is part of the result. */
class CodeReader {
  readonly #ordinals = new Map<string, number>();
  readonly #files: (CodeFile & { readonly imports: readonly unknown[] })[] = [];
  readonly #packages = new Set<string>();
  readonly #words = new Set<string>();
  readonly #sources: SourceFiles;

  constructor(sources: SourceFiles) {
    this.#sources = sources;
  }

  async read(entry: string): Promise<void> {
    this.#ordinals.set(entry, 0);
    // Grows while it is gone through.
    for (const path of this.#ordinals.keys()) this.#files.push(await this.#readFile(path));
  }

  result(): ModuleCode {
    const files = this.#files.map(({ path, hash, stamp }) => ({ path, hash, stamp }));
    const packages = [...this.#packages].sort();
    const code = [this.#files.map(({ hash, imports }) => [hash, imports]), packages];
    return { hash: hashValue(code), files, packages, words: this.#words };
  }

  async #readFile(path: string): Promise<CodeFile & { readonly imports: readonly unknown[] }> {
    const reading = this.#sources.get(path) ?? readSource(path);
    this.#sources.set(path, reading);
    // What is not there yet may come.
    reading.catch(() => this.#sources.delete(path));
    const { stamp, hash, imports, words } = await reading;
    for (const word of words) this.#words.add(word);
    const targets: unknown[] = [];
    for (const specifier of imports) targets.push(await this.#follow(specifier, path));
    return { path, stamp, hash, imports: targets };
  }

  /** What stands for an import in the result. */
  async #follow(specifier: string, from: string): Promise<unknown> {
    const target = await resolveImport(specifier, from);
    if (target.kind === 'name') return target.name;
    if (target.kind === 'package') {
      await this.#addPackage(target);
      return [target.name, target.version];
    }
    const known = this.#ordinals.get(target.path);
    if (known !== undefined) return known;
    this.#ordinals.set(target.path, this.#ordinals.size);
    return this.#ordinals.size - 1;
  }

  async #addPackage({ name, version, folder, needs }: Installed): Promise<void> {
    const label = `${name}@${version}`;
    if (this.#packages.has(label)) return;
    this.#packages.add(label);
    for (const need of needs) {
      const found = await findPackage(need, join(folder, 'package.json'));
      if (found !== undefined) await this.#addPackage(found);
    }
  }
}

type Installed = Exclude<Awaited<ReturnType<typeof findPackage>>, undefined>;
