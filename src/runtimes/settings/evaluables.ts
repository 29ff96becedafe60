import { z } from 'zod';
import { describeValue, quote } from '../../errors/describe-value.js';
import type { SettingKind } from '../../types/catalog.js';
import {
  type Evaluable,
  type ExpressionSource,
  isEvaluable,
  type LambdaSource,
  type TemplateSource,
} from '../../types/source.js';
import type { LiteralFault } from './literal.js';
import type { SettingMeta } from './meta.js';

/** An expression, evaluated before the node runs. */
export function expression(): z.ZodType<ExpressionSource, ExpressionSource> {
  return evaluable<ExpressionSource>('expression', { kind: 'expression', words: 'an expression' });
}

/** An expression that the node evaluates itself, seeing `binds` besides what every expression sees. */
export function lambda(binds: readonly string[]): z.ZodType<LambdaSource, LambdaSource> {
  return evaluable<LambdaSource>('lambda', { kind: 'lambda', binds, words: `an expression over ${binds.join(', ')}` });
}

/** Text with `{{ }}` in it. */
export function template(): z.ZodType<TemplateSource, TemplateSource> {
  return templateOf('template', 'text (may hold {{ }})');
}

/** A template of a path, whose data may not leave the folder written before it. */
export function pathTemplate(): z.ZodType<TemplateSource, TemplateSource> {
  return templateOf('path', 'a path (may hold {{ }})', literalPathFault);
}

/** Whatever data fills in, what ends in a slash names a folder. */
function literalPathFault(path: string): LiteralFault | undefined {
  if (path.trim() === '')
    return { message: `expected a path, got ${quote(path)}`, hint: 'Name a file, such as data/orders.csv.' };
  if (!/\/\s*$|(^|\/)\.\.?$/.test(path)) return undefined;
  const file = path.endsWith('/') ? path : `${path}/`;
  const message = `expected the path of a file, got ${quote(path)}, which is a folder`;
  return { message, hint: `Name a file in it, such as ${file}orders.csv; to read several, ${file}*.csv.` };
}

/** Text with `{{ }}` in it that must not be blank; `words` say what it is. */
export function filledTemplate(words: string): z.ZodType<TemplateSource, TemplateSource> {
  return templateOf('template', `${words} (may hold {{ }})`, (text) =>
    text.trim() === '' ? { message: `expected ${words}, got ${quote(text)}` } : undefined,
  );
}

/** A template of a URL, whose data is percent-encoded. */
export function urlTemplate(): z.ZodType<TemplateSource, TemplateSource> {
  return templateOf('url', 'a URL (may hold {{ }})');
}

/** A child element `<childElement name="…">value</childElement>` that may come again and again; its values are templates. */
export interface NamedTemplate {
  readonly name: string;
  readonly value: TemplateSource;
}

interface PairRules {
  /** @default false */
  readonly unique?: boolean;
  /** What is wrong with a pair as it is written. */
  readonly faultOf?: (pair: NamedTemplate) => LiteralFault | undefined;
}

/** Named templates, in the order in which they are written. A name may come again unless `unique` is set. */
export function pairs(
  childElement: string,
  { unique = false, faultOf }: PairRules = {},
): z.ZodType<readonly NamedTemplate[], readonly NamedTemplate[]> {
  const meta: SettingMeta = {
    kind: 'template',
    repeated: childElement,
    words: `<${childElement} name="…">text (may hold {{ }})</${childElement}>`,
  };
  const pair = z.object({ name: z.string(), value: template() });
  return z
    .array(pair)
    .superRefine((list, context) => {
      const names = list.map(({ name }) => name);
      const doubled = unique ? names.find((name, index) => names.indexOf(name) !== index) : undefined;
      if (doubled !== undefined)
        context.addIssue({ code: 'custom', message: `expected each name once, got ${quote(doubled)} twice` });
      list.forEach((given, index) => {
        const fault = faultOf?.(given);
        if (fault !== undefined)
          context.addIssue({ code: 'custom', message: fault.message, params: { hint: fault.hint }, path: [index] });
      });
    })
    .meta({ flowscript: meta });
}

function templateOf(
  kind: SettingKind,
  words: string,
  faultOf?: (text: string) => LiteralFault | undefined,
): z.ZodType<TemplateSource, TemplateSource> {
  return evaluable<TemplateSource>('template', { kind, words }, ({ source }) => faultOf?.(source.text));
}

function evaluable<Source extends Evaluable>(
  kind: Source['kind'],
  meta: SettingMeta,
  faultOf?: (value: Source) => LiteralFault | undefined,
): z.ZodType<Source, Source> {
  const isOfKind = (value: unknown): value is Source => isEvaluable(value) && value.kind === kind;
  return z
    .custom<Source>(isOfKind, {
      error: ({ input }) => `expected ${meta.words}${input === undefined ? '' : `, got ${describeValue(input)}`}`,
    })
    .superRefine((value, context) => {
      const fault = isOfKind(value) ? faultOf?.(value) : undefined;
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault.message, params: { hint: fault.hint } });
    })
    .meta({ flowscript: meta });
}
