import { FlowError } from '../../errors/flow-error.js';
import { describeValue, quote } from '../describe-value.js';
import { parseFailed } from './parse-json.js';
import { toJson } from './to-json.js';

/** A header beyond this is most likely a file of another format. */
const mostColumns = 100_000;

/** A row by column name. */
export type CsvRow = Readonly<Record<string, unknown>>;

/**
 * Rows of CSV text as objects, in order; the first row names the columns and blank rows are left out.
 * A cell becomes a number or a boolean only when writing that back gives the same text (`007`, `1e3` and `+1` stay text);
 * an empty cell is `""`.
 * @throws FlowError PARSE_FAILED with the line, for an open quote, a doubled column name or a row of another width
 */
export async function parseCsv(text: string, delimiter: string, name: string): Promise<CsvRow[]> {
  const { default: papa } = await import('papaparse');
  const { data, errors } = papa.parse<string[]>(text, { delimiter, header: false, dynamicTyping: false });
  const quoting = errors.find(({ type }) => type === 'Quotes');
  if (quoting !== undefined) throw parseFailed(name, 'CSV', quoting.message, { line: lineOf(data, quoting.row ?? 0) });
  const top = data.findIndex((cells) => !isBlank(cells));
  if (top === -1) return [];
  const columns = data[top] ?? [];
  assertColumns(columns, name, lineOf(data, top));
  return readRows(data, top, columns, name);
}

/**
 * Rows as CSV text with `\n` line ends: a header of every key in first-seen order, `null` and absent as empty cells, nested
 * values as JSON. Rows may also be lists, which are written without a header.
 * @throws FlowError NODE_INPUT_INVALID when a row is neither
 */
export async function writeCsv(rows: readonly unknown[], delimiter: string): Promise<string> {
  const { default: papa } = await import('papaparse');
  const options = { delimiter, newline: '\n' };
  if (rows.length === 0) return '';
  if (rows.every((row) => Array.isArray(row)))
    return `${papa.unparse(
      rows.map((row) => row.map(toCell)),
      options,
    )}\n`;
  const columns = columnsOf(rows);
  const data = rows.map((row) => columns.map((column) => toCell((row as CsvRow)[column])));
  return `${papa.unparse({ fields: columns, data }, options)}\n`;
}

function readRows(data: readonly string[][], top: number, columns: readonly string[], name: string): CsvRow[] {
  const rows: CsvRow[] = [];
  for (let row = top + 1; row < data.length; row++) {
    const cells = data[row] ?? [];
    if (isBlank(cells)) continue;
    if (cells.length !== columns.length) {
      const message = `expected ${columns.length} cells as in the header, got ${cells.length}`;
      throw parseFailed(name, 'CSV', message, { line: lineOf(data, row) });
    }
    rows.push(Object.fromEntries(columns.map((column, index) => [column, typed(cells[index] ?? '')])));
  }
  return rows;
}

function typed(cell: string): string | number | boolean {
  if (cell === 'true') return true;
  if (cell === 'false') return false;
  const number = Number(cell);
  return Number.isFinite(number) && String(number) === cell ? number : cell;
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 0 || (cells.length === 1 && (cells[0] ?? '').trim() === '');
}

function assertColumns(columns: readonly string[], name: string, line: number): void {
  if (columns.length > mostColumns) throw parseFailed(name, 'CSV', `the header names more than ${mostColumns} columns`, { line });
  const met = new Set<string>();
  const doubled = columns.find((column) => met.size === met.add(column).size);
  if (doubled !== undefined) throw parseFailed(name, 'CSV', `the header names the column ${quote(doubled)} twice`, { line });
}

/** Quoted cells may span lines, so a row's line is counted through the rows before it. */
function lineOf(data: readonly string[][], row: number): number {
  return data.slice(0, row).reduce((line, cells) => line + 1 + cells.join('').split('\n').length - 1, 1);
}

function columnsOf(rows: readonly unknown[]): string[] {
  const columns = new Set<string>();
  rows.forEach((row, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new FlowError('NODE_INPUT_INVALID', `CSV expects a list of objects, got ${describeValue(row)} at index ${index}.`, {
        hint: 'Turn the elements into objects first, with <transform:map>.',
      });
    }
    for (const column of Object.keys(row)) columns.add(column);
  });
  return [...columns];
}

function toCell(value: unknown): unknown {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  return typeof value === 'object' ? toJson(value, 0) : String(value);
}
