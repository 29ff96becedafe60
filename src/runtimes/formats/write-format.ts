import { FlowError } from '../../errors/flow-error.js';
import { describeValue } from '../describe-value.js';
import { asBytes, isList } from '../input.js';
import { writeCsv } from './csv.js';
import type { FileFormat, FormatOptions, TextFormat } from './format.js';

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

/** JSON text; typed arrays and sets are written as lists, maps as objects, an absent value as null. */
export function toJson(value: unknown, indent: number): string {
  try {
    return JSON.stringify(value, plainJson, indent) ?? 'null';
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FlowError('NODE_INPUT_INVALID', `The value cannot be written as JSON: ${reason}.`, { cause });
  }
}

function plainJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (isList(value)) return Array.from(value);
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}

function listOf(value: unknown, format: TextFormat): unknown[] {
  return isList(value) ? Array.from(value) : refuse(value, 'a list', format);
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
