import type { ElementDescription, SettingDescription } from '../runtimes/settings/describe.js';
import type { Paint } from './paint.js';

/** Elements by category, one line each: name and summary. */
export function renderElementList(elements: readonly ElementDescription[], paint: Paint): string {
  const width = widest(elements.map(({ element }) => element));
  const blocks = [...byCategory(elements)].map(([category, members]) => {
    const lines = members.map(({ element, summary }) => `  ${element.padEnd(width)}  ${summary}`);
    return [paint('bold', category), ...lines].join('\n');
  });
  return [...blocks, 'flowscript nodes TYPE tells what one of them takes.'].join('\n\n');
}

/** What one element is, its settings as a table, its output and an example. */
export function renderElement(description: ElementDescription, paint: Paint): string {
  const { element, summary, settings, output, example } = description;
  const own = settings.filter(({ common }) => !common);
  const common = settings.filter((setting) => setting.common);
  const width = widest(settings.map(({ name }) => name));
  return [
    `${paint('bold', element)}  ${summary}`,
    ...settingsBlock('Settings', own, width, paint),
    ...extraLines(description),
    ...settingsBlock('As every node', common, width, paint),
    ...(output === undefined ? [] : [`${paint('bold', 'Output')}\n  ${output}`]),
    `${paint('bold', 'Example')}\n${indent(example)}`,
  ].join('\n\n');
}

function settingsBlock(title: string, settings: readonly SettingDescription[], width: number, paint: Paint): readonly string[] {
  if (settings.length === 0) return [];
  const rules = settings.map(ruleOf);
  const ruleWidth = widest(rules);
  const rows = settings.flatMap(({ name, description, type }, index) => [
    `  ${name.padEnd(width)}  ${(rules[index] ?? '').padEnd(ruleWidth)}  ${description}`.trimEnd(),
    `  ${' '.repeat(width + ruleWidth + 4)}${paint('dim', type)}`,
  ]);
  return [[paint('bold', title), ...rows].join('\n')];
}

function ruleOf({ required, default: fallback }: SettingDescription): string {
  if (required) return 'required';
  return fallback === undefined ? '' : `= ${fallback}`;
}

function extraLines({ textSetting, open }: ElementDescription): readonly string[] {
  const lines = [
    ...(textSetting === undefined ? [] : [`  Plain text content fills "${textSetting}".`]),
    ...(open ? ['  Attributes of any other name are taken too.'] : []),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function byCategory(elements: readonly ElementDescription[]): ReadonlyMap<string, readonly ElementDescription[]> {
  const groups = new Map<string, ElementDescription[]>();
  for (const element of elements) {
    const { category } = element;
    groups.set(category, [...(groups.get(category) ?? []), element]);
  }
  return groups;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function widest(cells: readonly string[]): number {
  return Math.max(0, ...cells.map((cell) => cell.length));
}
