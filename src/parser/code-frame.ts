import type { SourcePosition } from '../types/source.js';
import { lineStarts } from './line-index.js';

const widest = 120;
/** How much of a long line is shown before the column. */
const lead = 60;
const tab = '  ';

/**
 * The line a position names, the line before it, and a caret under the column, each with its line number:
 *
 *     3 | <foreach id="a" items="b">
 *     4 |   <transform:mpa id="c"/>
 *       |   ^
 *
 * Tabs become two spaces, of a line longer than 120 characters the part around the column is shown, and characters that
 * could act on a terminal are replaced. Empty when the text has no such line.
 */
export function renderCodeFrame(text: string, at: SourcePosition): string {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const starts = lineStarts(content);
  if (at.line < 1 || at.line > starts.length) return '';
  const line = lineAt(content, starts, at.line);
  const column = Math.min(Math.max(at.column, 1), line.length + 1);
  const from = line.length <= widest ? 0 : Math.max(0, column - 1 - lead);
  const gutter = String(at.line).length;
  const rows = at.line === 1 ? [] : [row(at.line - 1, gutter, show(lineAt(content, starts, at.line - 1), from))];
  const caret = ' '.repeat(show(line.slice(0, column - 1), from).length);
  rows.push(row(at.line, gutter, show(line, from)), row('', gutter, `${caret}^`));
  return rows.join('\n');
}

function lineAt(text: string, starts: readonly number[], line: number): string {
  return text.slice(starts[line - 1], starts[line]).replace(/[\r\n]+$/, '');
}

function row(label: number | string, width: number, content: string): string {
  return `${String(label).padStart(width)} | ${content}`.trimEnd();
}

function show(line: string, from: number): string {
  const window = line.slice(from, from + widest);
  const before = from > 0 ? '…' : '';
  const after = line.length > from + widest ? '…' : '';
  return before + harmless(window).replaceAll('\t', tab) + after;
}

/** Control characters, marks that turn the direction of writing, halves of characters cut in two. */
function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu, '\uFFFD');
}
