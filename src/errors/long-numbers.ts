import { isDigit, LongRunSearch } from './long-runs.js';

/** A whole number in JSON text that would lose digits as a number. */
export interface LongNumber {
  readonly index: number;
  readonly written: string;
}

const whole = /^-?\d{16,}$/;
/** Beyond this a number is infinite. */
const mostDigits = 310;

/** Those of a text that is JSON, in order. Most have no such run of digits, and need be looked at no further. */
export function findLongNumbers(json: string): readonly LongNumber[] {
  return new LongRunSearch().search(json) ? [...scan(json)] : [];
}

/** Whether a number would not be written as it is here, nor be exactly this. */
export function losesDigits(written: string): boolean {
  if (!whole.test(written) || String(Number(written)) === written) return false;
  return written.length > mostDigits || BigInt(written) !== BigInt(Number(written));
}

/** What to say of one. */
export function describeLongNumber({ written }: Pick<LongNumber, 'written'>): string {
  const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
  return `${shown} has more digits than a number holds: it would become ${Number(written)}`;
}

function* scan(json: string): Generator<LongNumber, void, void> {
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x22) index = endOfString(json, index);
    else if (code === 0x2d || isDigit(code)) {
      const end = endOfNumber(json, index);
      const written = json.slice(index, end);
      if (losesDigits(written)) yield { index, written };
      index = end - 1;
    }
  }
}

/** By a loop: a pattern would remember every one of millions of digits. */
function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && (isDigit(json.charCodeAt(end)) || '.eE+-'.includes(json.charAt(end)))) end++;
  return end;
}

/** The closing quote of a string in JSON text that begins at `start`. */
export function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (json.charCodeAt(end) !== 0x22) end += json.charCodeAt(end) === 0x5c ? 2 : 1;
  return end;
}
