import type { ParseError } from 'papaparse';
import { describeValue, quote } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
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
  return new CsvTable(name).read(data, errors);
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

/** What the parser complains of, by row of what it was given. */
export type CsvFault = Pick<ParseError, 'type' | 'message' | 'row'>;

/** Turns the cells of CSV text into objects, in as many pieces as they come. The first row that is not blank is the header. */
export class CsvTable {
  readonly #name: string;
  #columns: readonly string[] | undefined;
  /** Of the next row. Quoted cells may span lines, so it is counted through the rows. */
  #line = 1;

  constructor(name: string) {
    this.#name = name;
  }

  /** @throws FlowError PARSE_FAILED with the line */
  read(data: readonly string[][], faults: readonly CsvFault[]): CsvRow[] {
    const quoting = faults.find(({ type }) => type === 'Quotes');
    if (quoting !== undefined) throw this.#failed(quoting.message, this.#lineAt(data, quoting.row ?? 0));
    const rows: CsvRow[] = [];
    for (const cells of data) {
      if (!isBlank(cells)) this.#take(cells, rows);
      this.#line += linesOf(cells);
    }
    return rows;
  }

  #take(cells: readonly string[], rows: CsvRow[]): void {
    const columns = this.#columns;
    if (columns === undefined) this.#columns = this.#header(cells);
    else if (cells.length === columns.length)
      rows.push(Object.fromEntries(columns.map((column, index) => [column, typed(cells[index] ?? '')])));
    else throw this.#otherWidth(columns.length, cells.length);
  }

  #otherWidth(wanted: number, got: number): FlowError {
    const message = `expected ${wanted} cells as in the header, got ${got}`;
    const hint =
      'The row has fewer cells than the header: complete it (an empty cell still needs its delimiter), or name the right `delimiter`.';
    return got < wanted ? this.#failed(message, this.#line, hint) : this.#failed(message, this.#line);
  }

  #header(columns: readonly string[]): readonly string[] {
    if (columns.length > mostColumns) throw this.#failed(`the header names more than ${mostColumns} columns`, this.#line);
    const met = new Set<string>();
    const doubled = columns.find((column) => met.size === met.add(column).size);
    if (doubled === undefined) return columns;
    const hint = 'Rename one of the two: each cell of a row goes by the name of its column.';
    throw this.#failed(`the header names the column ${quote(doubled)} twice`, this.#line, hint);
  }

  #lineAt(data: readonly string[][], row: number): number {
    return data.slice(0, row).reduce((line, cells) => line + linesOf(cells), this.#line);
  }

  #failed(message: string, line: number, hint = quoteHint): FlowError {
    return parseFailed(this.#name, 'CSV', message, { line }, hint);
  }
}

const quoteHint = 'Put a cell that holds quotes, line breaks or the delimiter in double quotes, or name the right `delimiter`.';

function linesOf(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) if (cell.includes('\n')) lines += cell.split('\n').length - 1;
  return lines;
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
