import type { SourceText } from '../types/source.js';

/** A text that came from no file, as a source of its own. */
export function sourceOf(text: string): SourceText {
  const marks = [{ index: 0, line: 1, column: 1 }];
  for (const match of text.matchAll(/\n/g)) marks.push({ index: match.index + 1, line: marks.length + 1, column: 1 });
  return { text, file: '<text>', marks };
}
