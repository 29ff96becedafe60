import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asError } from '../errors/as-error.js';
import { FlowError } from '../errors/flow-error.js';
import './index.js';
import { describeValue } from '../errors/describe-value.js';
import { explainLoadFailure } from './modules/load-failure.js';
import { assertModuleKind } from './modules/module-kind.js';
import { type RegisterTypes, registry } from './registry.js';

type Namespace = Readonly<Record<string, unknown>> & { readonly default?: unknown };

/** As many come before any plugin. */
const builtInRegistrations = registry.registrations;

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
  const before = new Set(registry.types());
  const loaded = await importPlugin(findPlugin(plugin), plugin);
  if (loaded.default !== undefined) await applyPlugin(loaded.default, plugin);
  // Whose the others are cannot be told: a module may have been loaded before it was named here.
  else if (registry.registrations === builtInRegistrations) throw noPlugin(loaded, plugin);
  const odd = registry.types().find((type) => !type.includes(':') && !before.has(type));
  if (odd === undefined) return;
  const hint = `Put a category before it, such as transform:${odd}.`;
  throw new FlowError('MODULE_INVALID', `plugin ${plugin} registers the type ${odd}, which no element can name`, { hint });
}

async function applyPlugin(exported: unknown, plugin: string): Promise<void> {
  if (typeof exported !== 'function') {
    throw new FlowError(
      'MODULE_INVALID',
      `the default export of plugin ${plugin} must be a function that takes the registry, got ${describeValue(exported)}`,
      { hint: registerHint },
    );
  }
  try {
    await registry.apply(exported as RegisterTypes);
  } catch (thrown) {
    const cause = asError(thrown);
    const hint = 'It was found and loaded; its own function failed while it registered node types.';
    throw new FlowError('MODULE_INVALID', `plugin ${plugin} cannot register its node types: ${cause.message}`, { cause, hint });
  }
}

const registerHint = 'Write `export default (registry) => { registry.register({ type, execute }); }`.';

function findPlugin(plugin: string): string {
  const url = urlOf(plugin);
  if (url.startsWith('file:') && !existsSync(fileURLToPath(url))) {
    throw notFound(`there is no plugin ${plugin} (looked for ${fileURLToPath(url)})`, 'Paths start from the working directory.');
  }
  return url;
}

function urlOf(plugin: string): string {
  try {
    return resolvePlugin(plugin);
  } catch {
    const hint = existsSync(resolve(plugin))
      ? `For the file of that name write ./${plugin}.`
      : 'Give a path that starts with ./ or is absolute, or the name of an installed package.';
    throw notFound(`there is no package ${plugin} to be had from ${process.cwd()}`, hint);
  }
}

function notFound(message: string, hint: string): FlowError {
  return new FlowError('MODULE_INVALID', message, { hint });
}

function noPlugin(exported: Namespace, plugin: string): FlowError {
  const names = Object.keys(exported).filter((name) => name !== '__esModule' && name !== 'module.exports');
  const offer = names.length === 0 ? 'and registers no node type' : `it offers ${names.join(', ')}`;
  return new FlowError('MODULE_INVALID', `plugin ${plugin} has no default export${names.length === 0 ? ' ' : '; '}${offer}`, {
    hint: registerHint,
  });
}

async function importPlugin(url: string, plugin: string): Promise<Namespace> {
  try {
    if (url.startsWith('file:')) await assertModuleKind(fileURLToPath(url));
    return (await import(url)) as Namespace;
  } catch (cause) {
    throw await explainLoadFailure(cause, url.startsWith('file:') ? fileURLToPath(url) : url, `plugin ${plugin}`);
  }
}
