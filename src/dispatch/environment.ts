import { compileExpression, compileTemplate } from '../expressions/index.js';
import '../runtimes/index.js';
import { loadPlugins } from '../runtimes/plugins.js';
import { registry } from '../runtimes/registry.js';
import type { TaskEnvironment } from './types.js';

/** The rooms below, with the node types of `plugins` registered. Rejects with whatever a plugin throws while it loads. */
export async function loadEnvironment(plugins: readonly string[]): Promise<TaskEnvironment> {
  await loadPlugins(plugins);
  return { compileExpression, compileTemplate, getRuntime: (type) => registry.getRuntime(type) };
}
