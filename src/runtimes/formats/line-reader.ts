import { LongRunSearch } from '../../errors/long-runs.js';
import type { LongNumbers } from './format.js';
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
  readonly #longNumbers: LongNumbers | undefined;
  #line = 0;
  readonly #longRuns = new LongRunSearch();
  #mayHaveLong = false;

  constructor(name: string, longNumbers?: LongNumbers) {
    this.#name = name;
    this.#longNumbers = longNumbers;
  }

  read(text: string, isLast: boolean): unknown[] {
    const rows: unknown[] = [];
    // Asked of the whole piece, which takes less time than asking of its lines.
    this.#mayHaveLong ||= this.#longRuns.search(text);
    const longNumbers = this.#mayHaveLong ? this.#longNumbers : 'round';
    for (const line of this.#lines.read(text, isLast)) {
      this.#line++;
      if (line.trim() !== '') rows.push(parseJson(line, this.#name, { firstLine: this.#line, longNumbers }));
    }
    return rows;
  }
}
