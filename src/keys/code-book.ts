import { isWritten, type ModuleCode, readModuleCode, type SourceFiles } from './module-code.js';

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
    return (await this.changed()).length === 0;
  }

  /** Files that were written since they were read, by absolute path. */
  async changed(): Promise<string[]> {
    const code = await Promise.all([...this.#code.values()].map((reading) => reading.catch(() => undefined)));
    const files = new Map(code.flatMap((each) => each?.files.map(({ path, stamp }) => [path, stamp] as const) ?? []));
    const changed = await Promise.all([...files].map(async ([path, stamp]) => ((await isWritten(path, stamp)) ? [path] : [])));
    return changed.flat();
  }
}
