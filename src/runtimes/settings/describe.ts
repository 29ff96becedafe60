import type { SettingKind } from '../../types/catalog.js';
import { registry as defaultRegistry, type RuntimeRegistry } from '../registry.js';
import { builtInElements } from './built-in.js';
import { type Entry, findElement, nodeElements } from './catalog.js';
import { commonSettings } from './common.js';
import type { ElementCategory } from './element.js';
import { readFacts } from './meta.js';
import { definePlugin } from './plugin.js';
import { allSettings } from './shape.js';

/** What docs and `flowscript nodes` tell of an element. */
export interface ElementDescription {
  readonly element: string;
  readonly category: ElementCategory;
  readonly summary: string;
  /** Its own settings first, then those that every node has. */
  readonly settings: readonly SettingDescription[];
  /** The setting that plain text content fills. */
  readonly textSetting: string | undefined;
  /** Attributes of any other name are taken too. */
  readonly open: boolean;
  /** What its output is; `undefined` for elements without one. */
  readonly output: string | undefined;
  readonly example: string;
}

export interface SettingDescription {
  readonly name: string;
  readonly kind: SettingKind;
  /** What may be written, in words: `json, text or binary`. */
  readonly type: string;
  /** As an author would write it. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** The child element that it is written as, once per entry. */
  readonly repeated: string | undefined;
  /** Extra names that its expression sees. */
  readonly binds: readonly string[];
  readonly description: string;
  /** One of those that every node has. */
  readonly common: boolean;
}

/** Names of every element, those of the language in the order of the docs, then registered types. */
export function elementNames(registry: RuntimeRegistry = defaultRegistry): readonly string[] {
  const names = new Set([...builtInElements.keys(), ...nodeElements(registry)]);
  return [...names].filter((name) => findElement(name, registry) !== undefined);
}

/** `undefined` for a name that is no element. */
export function describeElement(name: string, registry: RuntimeRegistry = defaultRegistry): ElementDescription | undefined {
  const entry = findElement(name, registry);
  if (entry === undefined) return undefined;
  const definition = definitionOf(entry);
  const { element, category, summary, textSetting, openSetting, output, example } = definition;
  const shared = commonSettings(definition);
  const settings = Object.entries(allSettings(definition).shape).map(([setting, schema]) => {
    const { meta, description = '', default: written, required, inner } = readFacts(schema);
    const { kind = 'literal', words = inner._zod.def.type, repeated, binds = [] } = meta ?? {};
    const common = Object.hasOwn(shared, setting);
    return { name: setting, kind, type: words, default: written, required, repeated, binds, description, common };
  });
  return { element, category, summary, settings, textSetting, open: openSetting !== undefined, output, example };
}

function definitionOf(entry: Entry) {
  return entry.kind === 'built-in' ? entry.definition : definePlugin(entry.runtime);
}
