import type { SourceMark, SourceText } from '../types/source.js';
import type { LineIndex } from './line-index.js';
import { readReference, referencePattern } from './references.js';

type Mode = 'attribute' | 'characters' | 'cdata';

const lineBreakPattern = /\r\n?|\n/g;
/** What does not stand in the result as it is written: references, and line breaks, which also start a new mark. */
const characterPattern = new RegExp(`${lineBreakPattern.source}|${referencePattern.source}`, 'g');

/** Joins pieces of a file into one decoded text that knows where each of its characters stood. */
export class TextBuilder {
  readonly #source: string;
  readonly #lines: LineIndex;
  readonly #pieces: string[] = [];
  readonly #marks: SourceMark[] = [];
  #length = 0;

  constructor(source: string, lines: LineIndex) {
    this.#source = source;
    this.#lines = lines;
  }

  /** Adds the text between two offsets. In an attribute a line break becomes a space, elsewhere `\n`. */
  add(start: number, end: number, mode: Mode): void {
    const piece = this.#source.slice(start, end);
    let kept = 0;
    this.#mark(start);
    for (const match of piece.matchAll(mode === 'cdata' ? lineBreakPattern : characterPattern)) {
      this.#push(asWritten(piece.slice(kept, match.index), mode));
      this.#push(match[0].startsWith('&') ? decode(match) : mode === 'attribute' ? ' ' : '\n');
      kept = match.index + match[0].length;
      this.#mark(start + kept);
    }
    this.#push(asWritten(piece.slice(kept), mode));
  }

  build(): SourceText {
    return { text: this.#pieces.join(''), file: this.#lines.file, marks: this.#marks };
  }

  #push(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #mark(offset: number): void {
    const { line, column } = this.#lines.positionAt(offset);
    if (this.#marks.at(-1)?.index === this.#length) this.#marks.pop();
    this.#marks.push({ index: this.#length, line, column });
  }
}

function asWritten(piece: string, mode: Mode): string {
  return mode === 'attribute' ? piece.replaceAll('\t', ' ') : piece;
}

/** The text was checked before, so that there is no reference without a character; such a one would stay as written. */
function decode(match: RegExpExecArray): string {
  const reference = readReference(match);
  return reference.kind === 'character' ? reference.text : match[0];
}
