import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FlowError } from '../errors/flow-error.js';
import { type RegisterTypes, registry } from './registry.js';

/**
 * Imports modules that register node types: by themselves, or through a default export that is called with the registry.
 * Each takes effect once a thread, however often it is named.
 * @throws FlowError MODULE_INVALID with what the module threw as its cause
 */
export async function loadPlugins(plugins: readonly string[]): Promise<void> {
  for (const plugin of plugins) await loadPlugin(plugin);
}

/** The URL of a plugin. `./` paths and package names are looked up from the working directory, as a command line user expects. */
export function resolvePlugin(plugin: string): string {
  if (/^(file|node|data):/.test(plugin)) return plugin;
  if (/^[./\\]|^[A-Za-z]:/.test(plugin)) return pathToFileURL(resolve(plugin)).href;
  return pathToFileURL(createRequire(join(process.cwd(), 'flowscript.js')).resolve(plugin)).href;
}

async function loadPlugin(plugin: string): Promise<void> {
  try {
    const loaded = (await import(resolvePlugin(plugin))) as { readonly default?: unknown };
    if (typeof loaded.default === 'function') await registry.apply(loaded.default as RegisterTypes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FlowError('MODULE_INVALID', `plugin ${plugin} cannot be loaded: ${why}`, {
      cause,
      hint: 'Give a path that starts with ./ or is absolute, or the name of an installed package.',
    });
  }
}
