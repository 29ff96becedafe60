import type { ElementCatalog, ElementShape, SettingIssue, SettingKind, SettingShape } from '#src/types/catalog.js';

/** A small catalog of the language, written by hand: what the schemas will describe in full. */

type Check = (value: unknown) => { readonly value: unknown } | { readonly message: string; readonly hint?: string };

interface Setting {
  readonly kind: SettingKind;
  readonly check: Check;
  readonly required?: boolean;
  readonly fallback?: unknown;
  readonly binds?: readonly string[];
  readonly repeated?: string;
}

const keep: Check = (value) => ({ value });
const expression: Setting = { kind: 'expression', check: keep };
const template: Setting = { kind: 'template', check: keep };
const text: Setting = { kind: 'literal', check: keep };
const needed = (setting: Setting): Setting => ({ ...setting, required: true });
const or = (setting: Setting, fallback: unknown): Setting => ({ ...setting, fallback });
const lambda = (...binds: string[]): Setting => ({ kind: 'lambda', check: keep, binds });

function matching(pattern: RegExp, message: string, convert: (match: RegExpExecArray) => unknown): Setting {
  const check: Check = (value) => {
    const match = pattern.exec(String(value));
    return match === null ? { message: `expected ${message}, found "${String(value)}"` } : { value: convert(match) };
  };
  return { kind: 'literal', check };
}

const count = matching(/^[1-9]\d*$/, 'a whole number from 1', ([digits]) => Number(digits));
const number = matching(/^\d+(\.\d+)?$/, 'a number', ([digits]) => Number(digits));
const flag = matching(/^(true|false)$/, 'true or false', ([word]) => word === 'true');
const factors = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const duration = matching(
  /^(\d+)(ms|s|m|h)$/,
  'a duration such as 30s',
  ([, n, unit = 's']) => Number(n) * (factors.get(unit) ?? 1),
);
const quota = matching(/^(\d+)(%?)$/, 'a number or a percentage', ([, n, sign]) => ({
  unit: sign ? 'percent' : 'count',
  amount: Number(n),
}));
const ids = matching(/^(.*)$/, 'ids', ([list = '']) => list.split(/[ ,]+/).filter(Boolean));

function oneOf(...words: string[]): Setting {
  const check: Check = (value) =>
    words.includes(String(value))
      ? { value }
      : { message: `expected one of ${words.join(', ')}, found "${String(value)}"`, hint: `Use ${words[0]}.` };
  return { kind: 'literal', check };
}

const join: Setting = {
  kind: 'literal',
  fallback: { kind: 'all' },
  check: (value) => {
    if (value === 'all' || value === 'any') return { value: { kind: value } };
    const amount = quota.check(value);
    return 'value' in amount ? { value: { kind: 'quota', ...(amount.value as object) } } : amount;
  },
};

const common: Record<string, Setting> = {
  id: needed(text),
  input: expression,
  when: expression,
  after: ids,
  timeout: duration,
  cost: duration,
};
const block: Record<string, Setting> = {
  maxConcurrency: count,
  join,
  losers: or(oneOf('cancel', 'wait'), 'cancel'),
  onError: or(oneOf('fail-fast', 'finish', 'wait', 'continue'), 'fail-fast'),
  merge: or(oneOf('array', 'concat', 'object'), 'array'),
  conflict: or(oneOf('error', 'first', 'last', 'list'), 'error'),
};
const iterations = { maxIterations: needed(count), onMax: or(oneOf('fail', 'continue'), 'fail') };

interface Extras {
  readonly textSetting?: string;
  readonly openSetting?: string;
}

function shape(element: string, settings: Record<string, Setting>, extras: Extras = {}): [string, ElementShape] {
  const shapes = Object.entries(settings).map(([name, { kind, binds = [], repeated }]): [string, SettingShape] => [
    name,
    { name, kind, binds, repeated },
  ]);
  const { textSetting, openSetting } = extras;
  const parse = (raw: Readonly<Record<string, unknown>>) => parseSettings(settings, raw);
  return [element, { element, settings: new Map(shapes), textSetting, openSetting, parse }];
}

function parseSettings(
  settings: Record<string, Setting>,
  raw: Readonly<Record<string, unknown>>,
): ReturnType<ElementShape['parse']> {
  const issues: SettingIssue[] = [];
  const checked: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    if (!(name in raw)) {
      if (setting.required) issues.push({ setting: name, message: 'it is required' });
      else if (setting.fallback !== undefined) checked[name] = setting.fallback;
      continue;
    }
    const outcome = setting.check(raw[name]);
    if ('value' in outcome) checked[name] = outcome.value;
    else issues.push({ setting: name, ...outcome });
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, settings: checked };
}

function node(element: string, settings: Record<string, Setting>, extras: Extras = {}): [string, ElementShape] {
  return shape(element, { ...common, ...settings }, extras);
}

const nodes = new Map([
  node('source:value', { value: needed(expression) }, { textSetting: 'value' }),
  node('source:http', {
    url: needed({ kind: 'url', check: keep }),
    method: or(oneOf('GET', 'POST'), 'GET'),
    headers: { ...template, repeated: 'header' },
    body: template,
  }),
  node('source:file', { path: needed({ kind: 'path', check: keep }), format: oneOf('json', 'text') }),
  node('transform:map', { expression: needed(lambda('item', 'index')) }, { textSetting: 'expression' }),
  node('transform:select', { expression: needed(expression) }, { textSetting: 'expression' }),
  node('transform:template', { text: needed(template) }, { textSetting: 'text' }),
  node(
    'transform:module',
    { src: needed(text), export: or(text, 'default'), options: { ...template, repeated: 'option' } },
    { openSetting: 'options' },
  ),
  node('sink:http', { url: needed({ kind: 'url', check: keep }) }),
  node('sink:log', { message: template }, { textSetting: 'message' }),
  node('set', { name: needed(text), value: needed(expression) }, { textSetting: 'value' }),
  node('fail', { code: text, message: template }, { textSetting: 'message' }),
  node('parallel', block),
  node('foreach', {
    ...block,
    items: needed(expression),
    item: or(text, 'item'),
    index: or(text, 'index'),
    batch: or(count, 'auto'),
    toleratedFailures: quota,
  }),
  node('if', { condition: needed(expression) }),
  node('branch', {}),
  node('loop', iterations),
  node('while', { ...iterations, condition: needed(expression) }),
  node('phase', { name: needed(text) }),
  node('break', {}),
]);

const parts = new Map([
  shape('workflow', {
    name: needed(text),
    version: text,
    maxConcurrency: count,
    schedule: or(oneOf('ready', 'waves'), 'ready'),
    timeout: duration,
  }),
  shape('param', {
    name: needed(text),
    type: or(oneOf('string', 'number', 'boolean', 'json'), 'string'),
    default: text,
    required: flag,
    description: text,
  }),
  shape('secret', { name: needed(text) }),
  shape('var', { name: needed(text) }),
  shape('output', { value: needed(expression) }, { textSetting: 'value' }),
  shape('retry', {
    limit: or(count, 3),
    delay: or(duration, 1000),
    backoff: or(oneOf('exponential', 'linear', 'constant'), 'exponential'),
    factor: or(number, 2),
    maxDelay: duration,
    jitter: or(oneOf('full', 'none'), 'none'),
    when: expression,
  }),
  shape('parallel/branch', { name: text, when: expression }),
  shape('match', { when: needed(expression) }),
]);

export const catalog: ElementCatalog = {
  get: (element) => nodes.get(element) ?? parts.get(element),
  nodeElements: () => [...nodes.keys()],
};
