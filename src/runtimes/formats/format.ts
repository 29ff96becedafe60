import { extname } from 'node:path';

/** How text or bytes in a file become a value. */
export type FileFormat = 'json' | 'ndjson' | 'csv' | 'lines' | 'text' | 'binary';
/** The formats whose written form is text. */
export type TextFormat = Exclude<FileFormat, 'binary'>;

/** What becomes of a whole number with more digits than a number holds: an error, a text with all of them, or the nearest number. */
export type LongNumbers = 'error' | 'text' | 'round';

export interface FormatOptions {
  /** Of JSON that is read. @default "error" */
  readonly longNumbers?: LongNumbers | undefined;
  /** Character between CSV columns. @default "," */
  readonly delimiter?: string | undefined;
  /** Spaces per level of written JSON; 0 writes one line. @default 0 */
  readonly indent?: number | undefined;
}

const formatOfExtension: Readonly<Record<string, FileFormat>> = {
  '.json': 'json',
  '.geojson': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'text',
  '.md': 'text',
};

/** The format a file name suggests, or `undefined` for an extension without one. */
export function formatOf(path: string): FileFormat | undefined {
  return formatOfExtension[extname(path).toLowerCase()];
}

/** The delimiter a file name suggests: tab for `.tsv`, otherwise comma. */
export function delimiterOf(path: string): string {
  return extname(path).toLowerCase() === '.tsv' ? '\t' : ',';
}
