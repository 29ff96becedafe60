import { quote } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { describeLongNumber, endOfString, findLongNumbers, type LongNumber } from '../../errors/long-numbers.js';
import type { LongNumbers } from './format.js';
import { findJsonFault, trailingCommaHint } from './json-fault.js';

/** Line and column, both from 1, of a character in a text. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Where the character at `index` stands. */
export function positionIn(text: string, index: number): TextPosition {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

/** What is wrong with text that `JSON.parse` refused: where, what could stand there, and what does. */
export function explainJson(text: string): { readonly index: number; readonly message: string } {
  const fault = findJsonFault(text) ?? { index: 0, expected: 'JSON' };
  const rest = text.slice(fault.index, fault.index + 12).split('\n')[0] ?? '';
  const found = fault.index >= text.length ? 'the end of the text' : quote(rest);
  return { index: fault.index, message: `expected ${fault.expected}, got ${found}` };
}

export interface JsonOrigin {
  /** The line of the file on which the text begins. @default 1 */
  readonly firstLine?: number;
  /** What to do about text that is no JSON. @default to mend it, or to name another format */
  readonly hint?: string;
  /** @default "error" */
  readonly longNumbers?: LongNumbers | undefined;
}

const mendHint = 'Mend the data there, or name the `format` that it has.';

/**
 * The value that JSON text stands for. `name` is what messages call the text (a path, a URL, `the input`).
 * @throws FlowError PARSE_FAILED with `fields` `{line, column}`
 */
export function parseJson(
  text: string,
  name: string,
  { firstLine = 1, hint = mendHint, longNumbers = 'error' }: JsonOrigin = {},
): unknown {
  const refuse = (format: string, message: string, index: number, help = hint): FlowError => {
    const { line, column } = positionIn(text, index);
    return parseFailed(name, format, message, { line: line + firstLine - 1, column }, help);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What V8 says of it names a place in its own way, or none.
    const { index, message } = explainJson(text);
    throw refuse('JSON', message, index, trailingCommaHint(text, index));
  }
  const deepAt = findDeepPlace(text);
  if (deepAt !== undefined) throw refuse('usable JSON', `it is nested more than ${mostLevels} levels deep`, deepAt);
  if (longNumbers === 'round') return value;
  const long = findLongNumbers(text);
  const [first] = long;
  if (first === undefined) return value;
  if (longNumbers === 'text') return JSON.parse(quoteNumbers(text, long));
  throw refuse('usable JSON', describeLongNumber(first), first.index, longNumberHint);
}

const longNumberHint = 'Put it in quotes where it is written, or read it with longNumbers="text" (or "round").';

function quoteNumbers(text: string, numbers: readonly LongNumber[]): string {
  let end = 0;
  const parts = numbers.map(({ index, written }) => {
    const before = text.slice(end, index);
    end = index + written.length;
    return `${before}"${written}"`;
  });
  return parts.join('') + text.slice(end);
}

/** What is nested much deeper cannot cross threads, and overflows the stack of whoever walks it. */
const mostLevels = 1_000;

/** The index of the bracket that opens one level too many. The text is JSON. */
function findDeepPlace(text: string): number | undefined {
  if (text.length <= 2 * mostLevels) return undefined;
  let level = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x5b || code === 0x7b) level += 1;
    else if (code === 0x5d || code === 0x7d) level -= 1;
    if (level > mostLevels) return index;
  }
  return undefined;
}

/** The error for text that does not fit its format. */
export function parseFailed(
  name: string,
  format: string,
  message: string,
  at: { readonly line: number; readonly column?: number },
  hint?: string,
): FlowError {
  const place = at.column === undefined ? `line ${at.line}` : `line ${at.line}, column ${at.column}`;
  return new FlowError('PARSE_FAILED', `${name} is not ${format}: ${message} (${place}).`, { hint, fields: { ...at } });
}
