import { resolve } from 'node:path';
import { type ImportedFile, importFile } from './import-file.js';
import { type LoadedTransform, pickTransform } from './pick-transform.js';

/** Loads user modules, each once. What failed to load is tried again the next time. */
export class ModuleLoader {
  readonly #modules = new Map<string, Promise<ImportedFile>>();
  /** Functions found, by flow directory, source and export. */
  readonly #found = new Map<string, LoadedTransform>();

  /** The same without waiting: undefined when it was not loaded before. */
  loaded(src: string, flowDirectory: string, exportName: string): LoadedTransform | undefined {
    return this.#found.get(keyOf(src, flowDirectory, exportName));
  }

  /**
   * The function that a module exports.
   * @param src relative to `flowDirectory`, or absolute
   * @throws FlowError MODULE_NOT_FOUND without such a file or export, MODULE_INVALID when it cannot be loaded or is no function
   */
  async load(src: string, flowDirectory: string, exportName: string): Promise<LoadedTransform> {
    const file = resolve(flowDirectory, src);
    let loading = this.#modules.get(file);
    if (loading === undefined) {
      loading = importFile(file, src, flowDirectory);
      this.#modules.set(file, loading);
    }
    try {
      const { namespace, stacks } = await loading;
      const picked = pickTransform(namespace, exportName, src);
      const transform = stacks === undefined ? picked : { ...picked, run: stacks.watch(picked.run) };
      this.#found.set(keyOf(src, flowDirectory, exportName), transform);
      return transform;
    } catch (error) {
      this.#modules.delete(file);
      throw error;
    }
  }
}

function keyOf(src: string, flowDirectory: string, exportName: string): string {
  return `${flowDirectory}\0${src}\0${exportName}`;
}
