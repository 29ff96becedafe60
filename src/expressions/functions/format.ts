import { type Frame, fault, spendBuilding } from '../frame.js';
import { kindOf, nameKind } from '../kinds.js';
import { isNumber } from '../numbers.js';
import { interpolationText } from '../text.js';

const MAX_PRECISION = 100;

/** `"%s has %d, %.2f".format([a, b, c])`: verbs `%s %d %f %e %x %X %o %b %%`. */
export function format(frame: Frame, pattern: string, values: readonly unknown[]): string {
  spendBuilding(frame, pattern.length);
  let used = 0;
  const text = pattern.replace(/%(?:\.(\d{1,3}))?([\s\S]?)/g, (_match, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (used >= values.length) throw fault(frame, `format() has ${values.length} values, fewer than its pattern asks for`);
    const piece = formatOne(
      frame,
      verb,
      values[used++],
      precision === undefined ? 6 : Math.min(Number(precision), MAX_PRECISION),
    );
    spendBuilding(frame, piece.length);
    return piece;
  });
  if (used < values.length) throw fault(frame, `format() has ${values.length} values, and its pattern takes ${used}`);
  return text;
}

function formatOne(frame: Frame, verb: string, value: unknown, precision: number): string {
  if (verb === 's') return value === null ? 'null' : interpolationText(frame, value, 'a value of format()');
  if (!Object.hasOwn(numberFormats, verb)) throw fault(frame, `format() knows no %${verb}`, 'Use %s %d %f %e %x %X %o %b or %%.');
  if (!isNumber(value)) throw fault(frame, `format() needs a number for %${verb}, not ${nameKind(kindOf(value))}`);
  const print = numberFormats[verb];
  const isFraction = typeof value === 'number' && !Number.isInteger(value);
  if (print === undefined || (isFraction && verb !== 'f' && verb !== 'e'))
    throw fault(frame, `format() needs a whole number for %${verb}`);
  return print(value, precision);
}

const numberFormats: Readonly<Record<string, (value: number | bigint, precision: number) => string>> = {
  d: (value) => String(value),
  f: (value, precision) => Number(value).toFixed(precision),
  e: (value, precision) => Number(value).toExponential(precision),
  x: (value) => value.toString(16),
  X: (value) => value.toString(16).toUpperCase(),
  o: (value) => value.toString(8),
  b: (value) => value.toString(2),
};
