import { type Frame, fault, spend, spendBuilding, spendReading } from '../frame.js';
import { kindOf, nameKind } from '../kinds.js';
import { scalarText } from '../text.js';
import { indexOf, lastIndexOf, reverseText, substring } from './characters.js';
import { define, type FunctionSpec } from './define.js';
import { format } from './format.js';

/** Functions on text. Positions count characters (code points). */
export const stringFunctions: readonly FunctionSpec[] = [
  define('contains', 'method', ['string', 'string'], 'bool', (frame, text, part) => {
    spendReading(frame, text.length + part.length);
    return text.includes(part);
  }),
  define('startsWith', 'method', ['string', 'string'], 'bool', (frame, text, part) => {
    spendReading(frame, part.length);
    return text.startsWith(part);
  }),
  define('endsWith', 'method', ['string', 'string'], 'bool', (frame, text, part) => {
    spendReading(frame, part.length);
    return text.endsWith(part);
  }),
  define('charAt', 'method', ['string', 'whole'], 'string', (frame, text, at) =>
    at < 0 ? '' : substring(frame, text, at, at + 1),
  ),
  define('indexOf', 'method', ['string', 'string', 'whole?'], 'number', indexOf),
  define('lastIndexOf', 'method', ['string', 'string', 'whole?'], 'number', lastIndexOf),
  define('substring', 'method', ['string', 'whole', 'whole?'], 'string', substring),
  define('lowerAscii', 'method', ['string'], 'string', (frame, text) =>
    mapAscii(frame, text, /[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  define('upperAscii', 'method', ['string'], 'string', (frame, text) =>
    mapAscii(frame, text, /[a-z]+/g, (part) => part.toUpperCase()),
  ),
  define('trim', 'method', ['string'], 'string', (frame, text) => {
    spendReading(frame, text.length);
    return text.trim();
  }),
  define('replace', 'method', ['string', 'string', 'string', 'whole?'], 'string', replace),
  define('split', 'method', ['string', 'string', 'whole?'], 'list', split),
  define('join', 'method', ['list', 'string?'], 'string', join),
  define('reverse', 'method', ['text or list'], 'any', (frame, value) => {
    if (typeof value === 'string') return reverseText(frame, value);
    spend(frame, value.length);
    return [...value].reverse();
  }),
  define('format', 'method', ['string', 'list'], 'string', format),
  define('strings.quote', 'function', ['string'], 'string', (frame, text) => {
    spendBuilding(frame, text.length);
    return JSON.stringify(text);
  }),
];

function mapAscii(frame: Frame, text: string, pattern: RegExp, change: (part: string) => string): string {
  spendBuilding(frame, text.length);
  return text.replace(pattern, change);
}

function replace(frame: Frame, text: string, old: string, replacement: string, limit: number | undefined): string {
  const pieces = splitUpTo(frame, text, old, limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit + 1);
  spendBuilding(frame, text.length + pieces.length * replacement.length);
  return pieces.join(replacement);
}

function split(frame: Frame, text: string, separator: string, limit: number | undefined): readonly string[] {
  if (limit === 0) return [];
  return splitUpTo(frame, text, separator, limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit);
}

/** At most `limit` pieces, the last holding the rest of the text. */
function splitUpTo(frame: Frame, text: string, separator: string, limit: number): readonly string[] {
  spendReading(frame, text.length);
  if (separator === '') spend(frame, text.length);
  const pieces = separator === '' ? [...text] : text.split(separator);
  spend(frame, pieces.length);
  return pieces.length <= limit ? pieces : [...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(separator)];
}

function join(frame: Frame, list: readonly unknown[], separator: string | undefined): string {
  const between = separator ?? '';
  const texts = list.map((element, index) => {
    const text = scalarText(element);
    if (text === undefined)
      throw fault(frame, `join() takes strings, numbers and booleans; element ${index} is ${nameKind(kindOf(element))}`);
    spendBuilding(frame, text.length + between.length + 8);
    return text;
  });
  return texts.join(between);
}
