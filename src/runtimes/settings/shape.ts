import type { z } from 'zod';
import { quote } from '../../errors/describe-value.js';
import { nearestName } from '../../errors/nearest.js';
import type { ElementShape, SettingIssue, SettingShape, ShapeOutcome } from '../../types/catalog.js';
import { commonSettings } from './common.js';
import type { ElementDefinition } from './element.js';
import { readFacts } from './meta.js';

type Settings = Readonly<Record<string, unknown>>;
type Issue = z.core.$ZodIssue;

/** So many elements of a kind are checked before zod compiles its schema, which takes a millisecond: most flows have fewer. */
const uncompiled = 20;

/** All settings of an element, those that every node has last. What the schema checks across its settings stays. */
export function allSettings(definition: Pick<ElementDefinition, 'role' | 'category' | 'settings'>): z.ZodObject {
  return definition.settings.safeExtend(commonSettings(definition));
}

/** What the parser needs of an element. */
export function createShape(definition: ElementDefinition): ElementShape {
  const { element, textSetting, openSetting, complete } = definition;
  const schema = allSettings(definition);
  let parsed = 0;
  return {
    element,
    textSetting,
    openSetting,
    settings: new Map(Object.entries(schema.shape).map(([name, setting]) => [name, describeSetting(name, setting)])),
    parse: (raw) => {
      const result = schema.safeParse(raw, { jitless: ++parsed <= uncompiled });
      if (!result.success) return { ok: false, issues: result.error.issues.map((issue) => toIssue(issue, raw, schema)) };
      return complete === undefined ? { ok: true, settings: result.data } : completeWith(complete, result.data);
    },
  };
}

function describeSetting(name: string, schema: z.core.$ZodType): SettingShape {
  const { meta } = readFacts(schema);
  return { name, kind: meta?.kind ?? 'literal', binds: meta?.binds ?? [], repeated: meta?.repeated };
}

function completeWith(complete: NonNullable<ElementDefinition['complete']>, given: Settings): ShapeOutcome {
  const issues: SettingIssue[] = [];
  const settings = complete(given, (setting, message, hint) => {
    issues.push({ setting, message, hint });
  });
  return issues.length === 0 ? { ok: true, settings } : { ok: false, issues };
}

function toIssue(issue: Issue, raw: Settings, schema: z.ZodObject): SettingIssue {
  const setting = issue.path[0] === undefined ? undefined : String(issue.path[0]);
  if (setting === undefined) return { setting, message: issue.message };
  const field = schema.shape[setting];
  if (raw[setting] === undefined) {
    const words = field === undefined ? undefined : readFacts(field).meta?.words;
    return { setting, message: words === undefined ? 'expected a value, got none' : `expected ${words}` };
  }
  const params: Readonly<Record<string, unknown>> = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const { hint, index } = params as Pick<SettingIssue, 'hint' | 'index'>;
  return {
    setting,
    message: messageOf(issue, raw[setting]),
    hint: hint ?? nearestValue(params, raw[setting]),
    index,
    entry: typeof issue.path[1] === 'number' ? issue.path[1] : undefined,
  };
}

/** Our constructors say what came; messages of plain zod fields do not. */
function messageOf({ message }: Issue, value: unknown): string {
  return typeof value !== 'string' || /\bgot\b/.test(message) ? message : `${message}, got ${quote(value)}`;
}

function nearestValue({ values }: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  if (!Array.isArray(values) || typeof value !== 'string') return undefined;
  const nearest = nearestName(value, values.map(String));
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}
