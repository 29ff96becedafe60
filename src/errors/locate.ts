import type { SourcePosition, SourceText } from '../types/source.js';

/** Where in the file the character at `index` of a text stood. An index past the end gives the place after the last character. */
export function locate(source: SourceText, index: number): SourcePosition {
  const { marks } = source;
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const mark = marks[low] ?? { index: 0, line: 1, column: 1 };
  return { file: source.file, line: mark.line, column: mark.column + (index - mark.index) };
}
