import { locate } from '../errors/locate.js';
import type { SourcePosition, SourceText } from '../types/source.js';

/** Where the first character of a text stands. */
export function startOf(source: SourceText): SourcePosition {
  return locate(source, 0);
}

/** No text, standing at a place. */
export function emptyText({ file, line, column }: SourcePosition): SourceText {
  return { text: '', file, marks: [{ index: 0, line, column }] };
}

/** The same text without the blank space around it. */
export function trimText(source: SourceText): SourceText {
  const text = source.text.trim();
  const start = source.text.length - source.text.trimStart().length;
  if (text.length === source.text.length) return source;
  const { line, column } = locate(source, start);
  const later = source.marks.filter((mark) => mark.index > start && mark.index <= start + text.length);
  const shifted = later.map((mark) => ({ ...mark, index: mark.index - start }));
  return { text, file: source.file, marks: [{ index: 0, line, column }, ...shifted] };
}
