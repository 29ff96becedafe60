import type { ElementDescription, SettingDescription } from '../runtimes/settings/describe-element.js';
import type { Paint } from './paint.js';

/** Elements by category, one line each: name and summary. */
export function renderElementList(elements: readonly ElementDescription[], paint: Paint): string {
  const width = widest(elements.map(({ element }) => element));
  const groups = groupByCategory(elements);
  const blocks = [...groups].map(([category, members]) => {
    const lines = members.map(({ element, summary }) => `  ${element.padEnd(width)}  ${summary}`);
    return [paint('bold', category), ...lines].join('\n');
  });
  return [...blocks, 'flowscript nodes TYPE tells what one of them takes.'].join('\n\n');
}

/** What one element is, its settings as a table, and an example. */
export function renderElement({ element, summary, settings, example }: ElementDescription, paint: Paint): string {
  return [
    `${paint('bold', element)}  ${summary}`,
    ...settingsBlock(settings, paint),
    `${paint('bold', 'Example')}\n${indent(example)}`,
  ].join('\n\n');
}

function settingsBlock(settings: readonly SettingDescription[], paint: Paint): readonly string[] {
  if (settings.length === 0) return [];
  const rows = settings.map((setting) => [setting.name, describeWords(setting), noteOf(setting)] as const);
  const [nameWidth, valueWidth] = [widest(rows.map(([name]) => name)), widest(rows.map(([, value]) => value))];
  const lines = rows.map(([name, value, note]) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${note}`.trimEnd());
  return [[paint('bold', 'Settings'), ...lines].join('\n')];
}

function describeWords({ words, required, default: fallback }: SettingDescription): string {
  if (required) return `${words} (required)`;
  return fallback === undefined ? words : `${words} (${fallback})`;
}

function noteOf({ description }: SettingDescription): string {
  return description ?? '';
}

function categoryOf(element: string): string {
  const [category, local] = element.split(':');
  return local === undefined || category === undefined ? 'control and statements' : category;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function widest(cells: readonly string[]): number {
  return Math.max(0, ...cells.map((cell) => cell.length));
}

function groupByCategory(elements: readonly ElementDescription[]): ReadonlyMap<string, readonly ElementDescription[]> {
  const groups = new Map<string, ElementDescription[]>();
  for (const element of elements) {
    const category = categoryOf(element.element);
    groups.set(category, [...(groups.get(category) ?? []), element]);
  }
  return groups;
}
