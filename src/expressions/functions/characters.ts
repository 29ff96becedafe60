import { type Frame, spend, spendReading } from '../frame.js';

const surrogate = /[\uD800-\uDFFF]/;

/** Whether every character is one UTF-16 unit, so that positions need no counting. */
function isSimple(frame: Frame, text: string): boolean {
  spendReading(frame, text.length);
  return !surrogate.test(text);
}

/** Length in characters (code points). */
export function countCharacters(frame: Frame, text: string): number {
  return isSimple(frame, text) ? text.length : charactersOf(frame, text).length;
}

function charactersOf(frame: Frame, text: string): readonly string[] {
  spend(frame, text.length);
  return [...text];
}

/** The UTF-16 position of a character position, kept within the text. */
function unitAt(frame: Frame, text: string, character: number): number {
  const wanted = Math.max(0, character);
  if (isSimple(frame, text)) return Math.min(wanted, text.length);
  return charactersOf(frame, text).slice(0, wanted).join('').length;
}

/** The character position of a UTF-16 position; -1 stays -1. */
function characterAt(frame: Frame, text: string, unit: number): number {
  return unit <= 0 ? unit : countCharacters(frame, text.slice(0, unit));
}

/** Characters from `start` up to `end`, both kept within the text. */
export function substring(frame: Frame, text: string, start: number, end: number | undefined): string {
  const from = unitAt(frame, text, start);
  return text.slice(from, end === undefined ? text.length : unitAt(frame, text, end));
}

/** First position of `part` at or after `from`, or -1. */
export function indexOf(frame: Frame, text: string, part: string, from: number | undefined): number {
  spendReading(frame, text.length + part.length);
  return characterAt(frame, text, text.indexOf(part, unitAt(frame, text, from ?? 0)));
}

/** Last position of `part` at or before `from`, or -1. */
export function lastIndexOf(frame: Frame, text: string, part: string, from: number | undefined): number {
  spendReading(frame, text.length + part.length);
  const unit = from === undefined ? text.length : unitAt(frame, text, from);
  return from !== undefined && from < 0 ? -1 : characterAt(frame, text, text.lastIndexOf(part, unit));
}

/** The characters in opposite order. */
export function reverseText(frame: Frame, text: string): string {
  spend(frame, text.length);
  return [...text].reverse().join('');
}
