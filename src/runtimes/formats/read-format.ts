import { parseCsv } from './csv.js';
import { decodeText } from './decode-text.js';
import type { FileFormat, FormatOptions, TextFormat } from './format.js';
import { LineReader, NdjsonReader } from './line-reader.js';
import { parseJson } from './parse-json.js';

/**
 * The value in a file's bytes. `binary` gives a `Uint8Array` of its own memory, `lines` texts without their line ends, `ndjson` one value per
 * line that is not blank, `csv` one object per row.
 * @throws FlowError PARSE_FAILED with the line at fault
 */
export async function readFormat(
  bytes: Uint8Array,
  format: FileFormat,
  name: string,
  options: FormatOptions & { readonly encoding?: string | undefined } = {},
): Promise<unknown> {
  // A plain Uint8Array of exact size: what a Buffer turns into when it crosses a thread.
  if (format === 'binary') return new Uint8Array(bytes);
  return parseText(decodeText(bytes, name, options.encoding), format, name, options);
}

/**
 * The value that text stands for.
 * @throws FlowError PARSE_FAILED with the line at fault
 */
export async function parseText(text: string, format: TextFormat, name: string, options: FormatOptions = {}): Promise<unknown> {
  switch (format) {
    case 'json':
      return parseJson(text, name, { longNumbers: options.longNumbers });
    case 'ndjson':
      return new NdjsonReader(name, options.longNumbers).read(text, true);
    case 'csv':
      return parseCsv(text, options.delimiter ?? ',', name);
    case 'lines':
      return new LineReader().read(text, true);
    case 'text':
      return text;
  }
}
