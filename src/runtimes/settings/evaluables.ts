import { z } from 'zod';
import type { SettingKind } from '../../types/catalog.js';
import {
  type Evaluable,
  type ExpressionSource,
  isEvaluable,
  type LambdaSource,
  type TemplateSource,
} from '../../types/source.js';
import { describeValue, quote } from '../describe-value.js';
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
  return templateOf('path', 'a path (may hold {{ }})');
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

/** Named templates, in the order in which they are written. A name may come again unless `unique` is set. */
export function pairs(
  childElement: string,
  { unique = false } = {},
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
    })
    .meta({ flowscript: meta });
}

function templateOf(kind: SettingKind, words: string): z.ZodType<TemplateSource, TemplateSource> {
  return evaluable<TemplateSource>('template', { kind, words });
}

function evaluable<Source extends Evaluable>(kind: Source['kind'], meta: SettingMeta): z.ZodType<Source, Source> {
  return z
    .custom<Source>((value) => isEvaluable(value) && value.kind === kind, {
      error: ({ input }) => `expected ${meta.words}${input === undefined ? '' : `, got ${describeValue(input)}`}`,
    })
    .meta({ flowscript: meta });
}
