import type { SourcePosition } from '../types/source.js';

/** Turns an offset into a text into a line and column. CRLF, LF and a lone CR each end a line. */
export interface LineIndex {
  readonly file: string;
  positionAt(offset: number): SourcePosition;
}

export function indexLines(text: string, file: string): LineIndex {
  const starts = lineStarts(text);
  return {
    file,
    positionAt(offset) {
      const line = lastAtOrBefore(starts, offset);
      return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
  };
}

/** Offset of the first character of every line. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const lineBreak of text.matchAll(/\r\n?|\n/g)) starts.push(lineBreak.index + lineBreak[0].length);
  return starts;
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
