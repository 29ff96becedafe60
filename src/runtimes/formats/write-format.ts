import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { asBytes, isList, shortEnough } from '../input.js';
import { writeCsv } from './csv.js';
import { tooLong } from './decode-text.js';
import type { FileFormat, FormatOptions, TextFormat } from './format.js';
import { toJson } from './to-json.js';

/** The format to write a value in when nobody named one: bytes as `binary`, text as `text`, the rest as `json`. */
export function formatFor(value: unknown): FileFormat {
  if (typeof value === 'string') return 'text';
  return value instanceof Uint8Array || value instanceof ArrayBuffer ? 'binary' : 'json';
}

/**
 * The bytes or text of a value in a format.
 * @throws FlowError NODE_INPUT_INVALID when the value cannot be written so
 */
export async function writeFormat(value: unknown, format: FileFormat, options: FormatOptions = {}): Promise<string | Uint8Array> {
  if (format !== 'binary') return writeText(value, format, options);
  return asBytes(value) ?? (typeof value === 'string' ? value : refuse(value, 'bytes or text', 'binary'));
}

/**
 * The text of a value in a format. `ndjson`, `csv` and `lines` take a list and end every line, the last one too, with `\n`.
 * @throws FlowError NODE_INPUT_INVALID when the value cannot be written so
 */
export async function writeText(value: unknown, format: TextFormat, options: FormatOptions = {}): Promise<string> {
  try {
    return await write(value, format, options);
  } catch (cause) {
    throw cause instanceof RangeError && cause.message === 'Invalid string length' ? tooLong('The output', cause) : cause;
  }
}

async function write(value: unknown, format: TextFormat, options: FormatOptions): Promise<string> {
  switch (format) {
    case 'json':
      return toJson(value, options.indent ?? 0);
    case 'ndjson':
      return listOf(value, format)
        .map((element) => `${toJson(element, 0)}\n`)
        .join('');
    case 'csv':
      return writeCsv(listOf(value, format), options.delimiter ?? ',');
    case 'lines':
      return listOf(value, format)
        .map((element) => `${plainText(element, format)}\n`)
        .join('');
    case 'text':
      return plainText(value, format);
  }
}

function listOf(value: unknown, format: TextFormat): unknown[] {
  return isList(value) ? Array.from(shortEnough(value, `The list for the format ${format}`)) : refuse(value, 'a list', format);
}

function plainText(value: unknown, format: TextFormat): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === null || value === undefined ? '' : refuse(value, 'text, a number or a boolean', format);
}

function refuse(value: unknown, expected: string, format: FileFormat): never {
  throw new FlowError('NODE_INPUT_INVALID', `The format ${format} expects ${expected}, got ${describeValue(value)}.`, {
    hint: 'Use format="json", which takes every value.',
  });
}
