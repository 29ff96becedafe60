/** A whole number in JSON text that would lose digits as a number. */
export interface LongNumber {
  readonly index: number;
  readonly written: string;
}

/** Fewer digits always fit. */
const fewest = 16;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const whole = /^-?\d{16,}$/;
/** Beyond this a number is infinite. */
const mostDigits = 310;

/** Those of a text that is JSON, in order. */
export function findLongNumbers(json: string): readonly LongNumber[] {
  return mayHaveLongNumbers(json) ? [...scan(json)] : [];
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

/** Whether there may be one, asked of text that need not be whole: most has no such run of digits, and need be looked at no further. */
export function mayHaveLongNumbers(text: string): boolean {
  // So many digits in a row are met by looking at every 16th character.
  for (let at = fewest - 1; at < text.length; at += fewest) {
    if (isDigit(text.charCodeAt(at)) && isLongRun(text, at)) return true;
  }
  return false;
}

/** Neither what follows a point nor the beginning of a text in quotes is one. */
function isLongRun(text: string, at: number): boolean {
  let start = at;
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--;
  if (start > 0 && !' \t\r\n,:[-'.includes(text.charAt(start - 1))) return false;
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  return end - start >= fewest;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function* scan(json: string): Generator<LongNumber, void, void> {
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x22) index = endOfString(json, index);
    else if (code === 0x2d || isDigit(code)) {
      number.lastIndex = index;
      const written = number.exec(json)?.[0] ?? '';
      if (losesDigits(written)) yield { index, written };
      index += Math.max(0, written.length - 1);
    }
  }
}

function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (json.charCodeAt(end) !== 0x22) end += json.charCodeAt(end) === 0x5c ? 2 : 1;
  return end;
}
