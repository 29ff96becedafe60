import { z } from 'zod';
import type { ElementShape } from '../../types/catalog.js';
import type { NodeRuntime } from '../types.js';
import { fromText } from './coerce.js';
import type { ElementDefinition } from './element.js';
import { type NamedTemplate, pairs } from './evaluables.js';
import { readFacts } from './meta.js';
import { createShape } from './shape.js';

/** Stands for all attributes of a type without settings; no attribute can have this name. */
const anyAttribute = '*';

/** The element of a type that a plugin registered. */
export function definePlugin({ type, settings }: NodeRuntime): ElementDefinition {
  const base = { element: type, category: categoryOf(type), role: 'node', output: 'what its runtime gives back' } as const;
  const example = `<${type} id="${type.split(':').at(-1)}"/>`;
  if (settings === undefined) {
    const open = z.object({
      [anyAttribute]: pairs('option', { unique: true }).describe('Any attribute; a template.').optional(),
    });
    return {
      ...base,
      summary: 'A registered type; takes any attribute.',
      settings: open,
      openSetting: anyAttribute,
      complete: flatten,
      example,
    };
  }
  return { ...base, summary: readFacts(settings).description ?? 'A registered type.', settings, example };
}

/** The shape of a plugin's element: fields that no constructor made are literals and take numbers, booleans and JSON as text. */
export function createPluginShape(runtime: NodeRuntime): ElementShape {
  const definition = definePlugin(runtime);
  if (runtime.settings === undefined) return createShape(definition);
  const fields = Object.entries(definition.settings.shape).map(([name, field]) => {
    return [name, readFacts(field).meta === undefined ? fromText(field) : field];
  });
  return createShape({ ...definition, settings: definition.settings.safeExtend(Object.fromEntries(fields)) });
}

function categoryOf(type: string): ElementDefinition['category'] {
  const prefix = type.split(':')[0];
  return prefix === 'source' || prefix === 'sink' ? prefix : 'transform';
}

/** Attributes become settings of their own names. */
function flatten(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { [anyAttribute]: given, ...common } = settings;
  const attributes = (given ?? []) as readonly NamedTemplate[];
  return { ...common, ...Object.fromEntries(attributes.map(({ name, value }) => [name, value])) };
}
