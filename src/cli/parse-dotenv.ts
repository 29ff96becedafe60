import { parseEnv } from 'node:util';

/** A line that a dotenv file cannot have. */
export interface DotenvFault {
  /** From 1. */
  readonly line: number;
  /** Quotes nothing but names: what stands there may be a secret. */
  readonly message: string;
  readonly hint: string;
}

export interface Dotenv {
  readonly values: Readonly<Record<string, string>>;
  /** In order. */
  readonly faults: readonly DotenvFault[];
}

const assignment = /^\s*(?:export\s+)?([^\s=#][^=]*?)\s*=\s*(.*)$/;
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
    else if (end === undefined) faults.push(unclosed(at + 1, given));
    else {
      const whole = [start, ...lines.slice(at + 1, end + 1)].join('\n');
      values.set(given, parseEnv(`${given}=${whole}`)[given] ?? '');
      at = end;
    }
  }
  return { values: Object.fromEntries(values), faults };
}

function nameless(line: string): string {
  return line.includes('=') ? 'what stands before the = is no name' : 'expected NAME=value, but there is no =';
}

function unclosed(line: number, given: string): DotenvFault {
  return { line, message: `the quote that begins the value of ${given} is never closed`, hint: 'Close it, or leave it out.' };
}

/** The line that a value ends on; undefined for a quoted one without an end. */
function closingLine(lines: readonly string[], from: number, start: string): number | undefined {
  const [quote = ''] = start;
  if (!/["'`]/.test(quote) || start.includes(quote, 1)) return from;
  const end = lines.findIndex((line, at) => at > from && line.includes(quote));
  return end < 0 ? undefined : end;
}
