import { resolve } from 'node:path';
import type { TransformFunction } from '../define-transform.js';
import { importFile } from './import-file.js';
import { pickTransform } from './pick-transform.js';

/** A user function, ready to be called. */
export interface LoadedTransform {
  readonly run: TransformFunction;
  /** The module promises not to write to the input. */
  readonly readonly: boolean;
}

/** Loads user modules, each once. What failed to load is tried again the next time. */
export class ModuleLoader {
  readonly #modules = new Map<string, Promise<Readonly<Record<string, unknown>>>>();

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
      return pickTransform(await loading, exportName, src);
    } catch (error) {
      this.#modules.delete(file);
      throw error;
    }
  }
}
