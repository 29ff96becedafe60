import { readPieces } from '../files.js';
import { createCsvReader } from '../formats/csv-reader.js';
import { createDecoder } from '../formats/decode-text.js';
import { delimiterOf, type FileFormat, formatOf } from '../formats/format.js';
import { LineReader, NdjsonReader, type RowReader } from '../formats/line-reader.js';
import { requireText } from '../input.js';
import { type FileSourceConfig, isOneFile } from './file.js';
import { isPattern } from './glob-pattern.js';

/** Bytes of a file that are read at one time. */
const pieceBytes = 128 * 1024;

/**
 * The rows of a file, some at a time, as `FileSourceRuntime` would give them all. Undefined where the output is no list of rows: another
 * format, or a glob. The file is read no further once the signal aborts.
 * @throws FlowError FLOW_SETTING_INVALID; the generator FILE_UNREADABLE, PARSE_FAILED (with the line)
 */
export async function openFileRows(
  config: FileSourceConfig,
  flowDirectory: string,
  signal?: AbortSignal,
): Promise<AsyncGenerator<readonly unknown[], void, void> | undefined> {
  const path = requireText(config.path, 'source:file', 'path');
  const format = config.format ?? formatOf(path);
  if (format === undefined || !(await isOneFile(path, flowDirectory))) return undefined;
  const reader = await readerOf(format, path, config);
  if (reader === undefined) return undefined;
  const pieces = readPieces(path, flowDirectory, { pieceBytes, signal });
  return readRows(pieces, reader, createDecoder(path, config.encoding));
}

const rowFormats: readonly (FileFormat | undefined)[] = ['csv', 'ndjson', 'lines'];

/** Whether that is known of a file before it is opened. `path` may still have expressions in it. */
export function surelyHasRows(path: string, format: FileFormat | undefined): boolean {
  const literal = path.replace(/\{\{.*?\}\}/gs, 'x');
  return rowFormats.includes(format ?? formatOf(literal)) && !isPattern(literal);
}

async function readerOf(format: FileFormat, path: string, config: FileSourceConfig): Promise<RowReader | undefined> {
  if (format === 'csv') return createCsvReader(config.delimiter ?? delimiterOf(path), path);
  if (format === 'ndjson') return new NdjsonReader(path, config.longNumbers);
  return format === 'lines' ? new LineReader() : undefined;
}

async function* readRows(
  pieces: AsyncIterable<Uint8Array>,
  reader: RowReader,
  decode: ReturnType<typeof createDecoder>,
): AsyncGenerator<readonly unknown[], void, void> {
  for await (const bytes of pieces) yield reader.read(decode(bytes, false), false);
  yield reader.read(decode(new Uint8Array(0), true), true);
}
