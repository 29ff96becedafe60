import { isUnchanged, type ModuleCode, readModuleCode, type SourceFiles } from './module-code.js';

/** The code of modules, read once as threads load it once: keep one as long as the threads. */
export class CodeBook {
  /** By absolute path. */
  readonly #code = new Map<string, Promise<ModuleCode>>();
  readonly #sources: SourceFiles = new Map();

  /** @throws the system's error when the file cannot be read */
  read(file: string): Promise<ModuleCode> {
    const known = this.#code.get(file) ?? readModuleCode(file, this.#sources);
    this.#code.set(file, known);
    // What is not there yet may come.
    known.catch(() => this.#code.delete(file));
    return known;
  }

  /** Whether all that was read is still what lies on the disk. If not, nobody can tell which of both a thread has loaded. */
  async isCurrent(): Promise<boolean> {
    const code = await Promise.all([...this.#code.values()].map((reading) => reading.catch(() => undefined)));
    const current = await Promise.all(code.map((each) => each === undefined || isUnchanged(each)));
    return current.every(Boolean);
  }
}
