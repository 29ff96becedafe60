import { getHashes } from 'node:crypto';
import { quote } from '../../errors/describe-value.js';
import { describeLongNumber, findLongNumbers } from '../../errors/long-numbers.js';
import { suggestName } from '../../errors/nearest.js';
import { trailingCommaHint } from '../formats/json-fault.js';
import { explainJson } from '../formats/parse-json.js';
import { isInlineSchema } from '../inline-schema.js';
import { type LiteralSetting, literal, type Refuse } from './literal.js';
import { choice } from './literals.js';

/** HTTP statuses that count as success: `200,201`, `2xx`, `200-299` and mixtures; comes out as inclusive ranges. */
export function statusRanges(): LiteralSetting<readonly (readonly [number, number])[]> {
  return literal({
    words: 'HTTP statuses such as 200,201 or 2xx or 200-299',
    read: (value) => {
      const ranges = value.split(',').map((part) => readRange(part.trim()));
      return ranges.every((range) => range !== undefined) ? ranges : undefined;
    },
  });
}

/** The character between CSV columns, or the word `tab`. */
export function delimiter(): LiteralSetting<string> {
  return literal({
    words: 'one character, or tab',
    // A tab in an attribute reaches us as a space, hence the word.
    verbatim: true,
    read: (value) => {
      if (value.trim() === 'tab') return '\t';
      return value.length === 1 && !/["\r\n]/.test(value) ? value : undefined;
    },
  });
}

/** What becomes of a whole number in JSON that a number cannot hold. */
export function longNumbers() {
  return choice(['error', 'text', 'round'])
    .describe('Of JSON: what becomes of a whole number with more digits than a number holds. Default: error.')
    .optional();
}

/** A text encoding that this machine's `TextDecoder` knows. */
export function encoding(): LiteralSetting<string> {
  return literal({
    words: 'an encoding such as utf-8, utf-16le or windows-1252',
    read: (value) => (isEncoding(value) ? value : undefined),
  });
}

/** A hash that this machine's OpenSSL knows. */
export function hashAlgorithm(): LiteralSetting<string> {
  return literal({
    words: 'a hash such as sha256, sha512 or md5',
    read: (value, refuse) => {
      if (getHashes().includes(value)) return value;
      return refuse({
        message: `expected a hash that this machine knows, got ${quote(value)}`,
        hint: suggestName(value, getHashes()),
      });
    },
  });
}

/** JSON text; comes out as the text, so that every run parses a value of its own. */
export function jsonText(): LiteralSetting<string> {
  return literal({ words: 'JSON', verbatim: true, read: checkValue });
}

function checkValue(text: string, refuse: Refuse): string | undefined {
  const checked = checkJson(text, refuse);
  const [long] = checked === undefined ? [] : findLongNumbers(checked);
  if (long === undefined) return checked;
  const hint = 'Put it in double quotes: as a text it keeps its digits.';
  return refuse({ message: describeLongNumber(long), index: long.index, hint });
}

/** The path of a JSON Schema file, or JSON text that is one. */
export function jsonSchema(): LiteralSetting<string> {
  return literal({
    words: 'the path of a JSON Schema file, or a JSON Schema',
    verbatim: true,
    read: (value, refuse) => {
      if (value.trim() === '') return undefined;
      return isInlineSchema(value) ? checkJson(value, refuse) : value.trim();
    },
  });
}

function checkJson(text: string, refuse: Refuse): string | undefined {
  try {
    JSON.parse(text);
    return text;
  } catch {
    const { index, message } = explainJson(text);
    return refuse({ message: `not JSON: ${message}`, index, hint: trailingCommaHint(text, index) ?? jsonHint(text) });
  }
}

/** Words alone are the commonest text that is no JSON. */
function jsonHint(text: string): string | undefined {
  const words = text.trim();
  if (!/^\p{L}[^\n"'{}[\]\\]*$/u.test(words) || words.length > 60) return undefined;
  return `A text needs quotes: ${JSON.stringify(words)} in JSON, '${words}' in an expression.`;
}

function readRange(part: string): readonly [number, number] | undefined {
  const group = /^([1-5])xx$/i.exec(part)?.[1];
  if (group !== undefined) return [Number(group) * 100, Number(group) * 100 + 99];
  const [, from, to = from] = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(part) ?? [];
  return from === undefined || Number(from) > Number(to) ? undefined : [Number(from), Number(to)];
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
