import type { z } from 'zod';
import type { SettingKind } from '../../types/catalog.js';

/** What a setting constructor leaves in a schema's `.meta()`, under `flowscript`. */
export interface SettingMeta {
  readonly kind: SettingKind;
  /** Extra names that a `lambda` sees. */
  readonly binds?: readonly string[];
  /** The child element that repeats, for a list of `{name, value}`. */
  readonly repeated?: string;
  /** What the author may write, in words. */
  readonly words: string;
}

/** What can be known of a setting from its zod schema. */
export interface SettingFacts {
  /** `undefined` for a schema that was not made by a setting constructor. */
  readonly meta: SettingMeta | undefined;
  readonly description: string | undefined;
  /** As an author would write it. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** The schema inside `.optional()`, `.default()` and the like. */
  readonly inner: z.core.$ZodType;
}

/** Reads a schema from the outside in; the outer description wins. */
export function readFacts(schema: z.core.$ZodType): SettingFacts {
  let meta: SettingMeta | undefined;
  let description: string | undefined;
  let fallback: string | undefined;
  let inner = schema;
  for (let layer: z.core.$ZodType | undefined = schema; layer !== undefined; layer = innerOf(layer)) {
    const own = metaOf(layer);
    meta ??= own['flowscript'] as SettingMeta | undefined;
    description ??= own['description'] as string | undefined;
    fallback ??= defaultOf(layer);
    inner = layer;
  }
  return { meta, description, default: fallback, required: fallback === undefined && schema._zod.optin !== 'optional', inner };
}

function metaOf(schema: z.core.$ZodType): Readonly<Record<string, unknown>> {
  return 'meta' in schema && typeof schema.meta === 'function' ? (schema.meta() ?? {}) : {};
}

/** Only wrappers are opened; the element type of a list and the sides of a pipe are the setting's own affair. */
function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { innerType } = schema._zod.def as { readonly innerType?: z.core.$ZodType };
  return innerType;
}

function defaultOf(schema: z.core.$ZodType): string | undefined {
  const { defaultValue } = schema._zod.def as { readonly defaultValue?: unknown };
  if (defaultValue === undefined) return undefined;
  return typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue);
}
