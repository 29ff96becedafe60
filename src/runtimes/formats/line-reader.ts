import { parseJson } from './parse-json.js';

/** Reads rows out of text that comes in pieces. What is not whole yet waits for the next piece. */
export interface RowReader {
  /** @throws FlowError PARSE_FAILED with the line at fault */
  read(text: string, isLast: boolean): readonly unknown[];
}

/** Texts without their line ends. A line end at the end of the text ends the last line and starts no new one. */
export class LineReader implements RowReader {
  /** Of a line that has not ended. Kept apart, since a line of many pieces would be joined again with each. */
  #open: string[] = [];

  read(text: string, isLast: boolean): string[] {
    this.#open.push(text);
    if (!isLast && !/[\r\n]/.test(text)) return [];
    const whole = this.#open.join('');
    const lines = whole.split(/\r\n|\n|\r/);
    const rest = lines.pop() as string;
    if (isLast) return rest === '' ? lines : [...lines, rest];
    // A carriage return at the end may be half of a line end.
    this.#open = whole.endsWith('\r') ? [`${lines.pop() ?? ''}\r`] : [rest];
    return lines;
  }
}

/** One value for each line that is not blank. */
export class NdjsonReader implements RowReader {
  readonly #lines = new LineReader();
  readonly #name: string;
  #line = 0;

  constructor(name: string) {
    this.#name = name;
  }

  read(text: string, isLast: boolean): unknown[] {
    const rows: unknown[] = [];
    for (const line of this.#lines.read(text, isLast)) {
      this.#line++;
      if (line.trim() !== '') rows.push(parseJson(line, this.#name, { firstLine: this.#line }));
    }
    return rows;
  }
}
