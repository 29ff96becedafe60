import type { ElementCatalog, ElementShape } from '../../types/catalog.js';
import type { RuntimeRegistry } from '../registry.js';
import type { NodeRuntime } from '../types.js';
import { builtInElements } from './built-in.js';
import type { ElementDefinition } from './element.js';
import { createPluginShape } from './plugin.js';
import { createShape } from './shape.js';

/** Parts that stand where nodes do, without being one: they have no settings that every node has. */
const amongNodes: ReadonlySet<string> = new Set(['break', 'phase']);

/**
 * The elements that flows may use: those of the language whose runtimes are registered, and registered types under their own names.
 * Follows the registry: a type that is registered later is found too.
 */
export function createCatalog(registry: RuntimeRegistry): ElementCatalog {
  const builtIn = new Map<string, ElementShape>();
  const plugins = new WeakMap<NodeRuntime, ElementShape>();
  return {
    get(element) {
      const entry = findElement(element, registry);
      if (entry === undefined) return undefined;
      if (entry.kind === 'built-in') return remember(builtIn, element, () => createShape(entry.definition));
      return remember(plugins, entry.runtime, () => createPluginShape(entry.runtime));
    },
    nodeElements: () => nodeElements(registry),
  };
}

/** What an element name stands for: part of the language, or a type that a plugin registered or overrode. */
export type Entry =
  | { readonly kind: 'built-in'; readonly definition: ElementDefinition }
  | { readonly kind: 'plugin'; readonly runtime: NodeRuntime };

/** `undefined` for a name that no flow may use. An own `settings` schema on a registered runtime wins over the language's. */
export function findElement(element: string, registry: RuntimeRegistry): Entry | undefined {
  const definition = builtInElements.get(element);
  if (definition !== undefined && !needsRuntime(definition)) return { kind: 'built-in', definition };
  if (isHiddenType(element) || !registry.hasRuntime(element)) return undefined;
  const runtime = registry.getRuntime(element);
  return definition === undefined || runtime.settings !== undefined
    ? { kind: 'plugin', runtime }
    : { kind: 'built-in', definition };
}

/** Names of everything that may stand where a node may: control elements first, then registered types. */
export function nodeElements(registry: RuntimeRegistry): readonly string[] {
  const control = [...builtInElements.values()].filter(({ category, role, element }) => {
    return category === 'control' && (role !== 'part' || amongNodes.has(element));
  });
  return [...control.map(({ element }) => element), ...registry.types().filter((type) => !isHiddenType(type))];
}

function needsRuntime({ category }: ElementDefinition): boolean {
  return category !== 'structure' && category !== 'control';
}

/** Control types are what elements such as `<parallel>` run as, and stubs are put in by tests: neither is written by that name. */
function isHiddenType(type: string): boolean {
  return type.startsWith('control:') || type === 'stub';
}

function remember<Key extends object | string>(
  known: { get(key: Key): ElementShape | undefined; set(key: Key, shape: ElementShape): unknown },
  key: Key,
  create: () => ElementShape,
): ElementShape {
  const found = known.get(key);
  if (found !== undefined) return found;
  const shape = create();
  known.set(key, shape);
  return shape;
}
