import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileExpression, compileTemplate } from '../expressions/index.js';
import '../runtimes/index.js';
import { registry } from '../runtimes/registry.js';
import type { TaskEnvironment } from './types.js';

/**
 * The rooms below, with the node types of `plugins` registered. The default export of a plugin, if it has one, is called
 * with the registry. Rejects with whatever a plugin throws while it loads.
 */
export async function loadEnvironment(plugins: readonly string[]): Promise<TaskEnvironment> {
  for (const plugin of plugins) await loadPlugin(plugin);
  return { compileExpression, compileTemplate, getRuntime: (type) => registry.getRuntime(type) };
}

async function loadPlugin(plugin: string): Promise<void> {
  const loaded: { readonly default?: unknown } = await import(isAbsolute(plugin) ? pathToFileURL(plugin).href : plugin);
  if (typeof loaded.default === 'function') await loaded.default(registry);
}
