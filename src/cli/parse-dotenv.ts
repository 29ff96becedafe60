import { parseEnv } from 'node:util';

/** A line that a dotenv file cannot have. */
export interface DotenvFault {
  /** From 1. */
  readonly line: number;
  /** Quotes nothing, no name either: whatever stands there may be a piece of a secret. */
  readonly message: string;
  readonly hint: string;
}

export interface Dotenv {
  readonly values: Readonly<Record<string, string>>;
  /** In order. */
  readonly faults: readonly DotenvFault[];
}

const assignment = /^\s*(?:export\s+)?([^\s=#][^=]*?)\s*=\s*(.*)$/;
const quotes = /["'`]/;
const name = /^[A-Za-z_][\w.-]*$/;
const lineHint =
  'It holds one NAME=value a line, as .env files do. A line that begins with # is a comment; a value of several lines stands in double quotes.';

/**
 * The values of a dotenv file, the last of a name, and every line that is neither empty, a comment nor an assignment. Node reads the
 * single values; of a whole file it passes over such lines without a word, and takes the next one for a part of them.
 */
export function parseDotenv(text: string): Dotenv {
  const values = new Map<string, string>();
  const faults: DotenvFault[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const [, given = '', start = ''] = assignment.exec(line) ?? [];
    const end = closingLine(lines, at, start);
    if (!name.test(given)) faults.push({ line: at + 1, message: nameless(line), hint: lineHint });
    else if (end === undefined) faults.push({ line: at + 1, ...unclosed });
    else {
      const whole = [start, ...lines.slice(at + 1, end + 1)].join('\n');
      if (!endsWell(whole)) faults.push(overlong(at + 1, end + 1));
      values.set(given, parseEnv(`${given}=${whole}`)[given] ?? '');
      at = end;
    }
  }
  return { values: Object.fromEntries(values), faults };
}

function nameless(line: string): string {
  return line.includes('=') ? 'what stands before the = is no name' : 'expected NAME=value, but there is no =';
}

const unclosed = { message: 'the quote that begins the value is never closed', hint: 'Close it, or leave it out.' };

function overlong(from: number, line: number): DotenvFault {
  const begun = from === line ? '' : `, which begins in line ${from}`;
  return {
    line,
    message: `text stands behind the quote that ends the value${begun}`,
    hint: 'Close each quote where its value ends; a value that has such a quote in it stands in quotes of another kind.',
  };
}

/** Whether nothing but a comment stands behind a quoted value. */
function endsWell(value: string): boolean {
  const [quote = ''] = value;
  return !quotes.test(quote) || /^\s*(#|$)/.test(value.slice(value.indexOf(quote, 1) + 1));
}

/** The line that a value ends on; undefined for a quoted one without an end. */
function closingLine(lines: readonly string[], from: number, start: string): number | undefined {
  const [quote = ''] = start;
  if (!quotes.test(quote) || start.includes(quote, 1)) return from;
  const end = lines.findIndex((line, at) => at > from && line.includes(quote));
  return end < 0 ? undefined : end;
}
