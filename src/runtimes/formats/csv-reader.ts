import type { ParseResult } from 'papaparse';
import { type CsvRow, CsvTable } from './csv.js';
import type { RowReader } from './line-reader.js';

/** The parser tells line ends apart by so much of the text; a reader of pieces must show it as much. */
const guessLength = 1024 * 1024;

/**
 * A reader of CSV that gives what `parseCsv` gives. The parser is asked for whole rows, and what follows the last of them is parsed again
 * with the next piece.
 */
export async function createCsvReader(delimiter: string, name: string): Promise<RowReader> {
  const { default: papa } = await import('papaparse');
  const parserOf = (text: string) => {
    const { meta } = papa.parse<string[]>(text, { delimiter, preview: 1 });
    return new papa.Parser({ delimiter, newline: meta.linebreak as '\n' | '\r\n' | '\r' });
  };
  return new CsvReader(name, parserOf);
}

type Parser = ReturnType<ConstructorParameters<typeof CsvReader>[1]>;

class CsvReader implements RowReader {
  readonly #parserOf: (text: string) => { parse(text: string, baseIndex: number, ignoreLastRow: boolean): unknown };
  readonly #table: CsvTable;
  #parser: Parser | undefined;
  #open: string[] = [];
  #openLength = 0;
  /** Less text than this is not worth a try. */
  #wanted = guessLength;

  constructor(
    name: string,
    parserOf: (text: string) => { parse(text: string, baseIndex: number, ignoreLastRow: boolean): unknown },
  ) {
    this.#table = new CsvTable(name);
    this.#parserOf = parserOf;
  }

  read(text: string, isLast: boolean): readonly CsvRow[] {
    this.#open.push(text);
    this.#openLength += text.length;
    if (!isLast && this.#openLength < this.#wanted) return [];
    const whole = this.#open.join('');
    this.#parser ??= this.#parserOf(whole);
    const { data, errors, meta } = this.#parser.parse(whole, 0, !isLast) as ParseResult<string[]>;
    const rest = whole.slice(meta.cursor);
    this.#open = [rest];
    this.#openLength = rest.length;
    // A row of many pieces, such as one with a quote that nobody closes, is tried again only when there is twice as much.
    this.#wanted = data.length === 0 ? 2 * whole.length : 0;
    // What is wrong with a row that is not whole may come right with the next piece.
    return this.#table.read(data, isLast ? errors : errors.filter(({ row = 0 }) => row < data.length));
  }
}
