import { entriesOf } from '../equality.js';
import { Duration } from '../exotic.js';
import { type Frame, fault, quoted, spend, spendReading } from '../frame.js';
import { isTypedArray, kindOf, nameKind } from '../kinds.js';
import { printNumber } from '../numbers.js';
import { decodeUtf8, timestampText } from '../text.js';
import { countCharacters } from './characters.js';
import { define, type FunctionSpec } from './define.js';

/** Conversions and questions about any value. */
export const conversionFunctions: readonly FunctionSpec[] = [
  define('size', 'either', ['sized'], 'number', sizeOf),
  define('int', 'function', ['convertible'], 'number', toInt),
  define('uint', 'function', ['convertible'], 'number', toUint),
  define('double', 'function', ['text or number'], 'number', toDouble),
  define('string', 'function', ['convertible'], 'string', toText),
  define('bool', 'function', ['text or bool'], 'bool', toBool),
  define('bytes', 'function', ['text or bytes'], 'bytes', (frame, value) =>
    typeof value === 'string' ? encode(frame, value) : value,
  ),
  define('dyn', 'function', ['any'], 'any', (_frame, value) => value),
  define('type', 'function', ['any'], 'string', (_frame, value) => kindOf(value)),
];

function sizeOf(frame: Frame, value: unknown): number {
  if (typeof value === 'string') return countCharacters(frame, value);
  if (Array.isArray(value) || isTypedArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  const count = entriesOf(value as object).length;
  spend(frame, count);
  return count;
}

function toInt(frame: Frame, value: unknown): number | bigint {
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number') return safeInteger(frame, Math.trunc(value), () => printNumber(value));
  if (typeof value !== 'string') throw fault(frame, `int() cannot convert ${nameKind(kindOf(value))}`);
  if (!/^[+-]?\d{1,20}$/.test(value))
    throw fault(frame, `int() cannot read ${quoted(frame, value)}: digits were expected`, 'For fractions: int(double(text)).');
  return safeInteger(frame, Number(value), () => value);
}

function safeInteger(frame: Frame, value: number, print: () => string): number {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  throw fault(frame, `int() cannot hold ${quoted(frame, print())} exactly`);
}

function toUint(frame: Frame, value: unknown): number | bigint {
  const integer = toInt(frame, value);
  if (integer >= 0) return integer;
  throw fault(frame, `uint() needs a number that is not negative, not ${quoted(frame, printNumber(integer))}`);
}

const infinities: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

function toDouble(frame: Frame, value: unknown): number {
  if (typeof value !== 'string') return Number(value);
  const special = value.length < 12 ? value.toLowerCase() : '';
  if (Object.hasOwn(infinities, special)) return infinities[special] ?? Number.NaN;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw fault(frame, `double() cannot read ${quoted(frame, value)}: a number was expected`);
}

function toText(frame: Frame, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return timestampText(frame, value);
  if (value instanceof Duration) return value.toText();
  return value instanceof Uint8Array ? decodeUtf8(frame, value) : String(value);
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  t: true,
  '1': true,
  false: false,
  False: false,
  FALSE: false,
  f: false,
  '0': false,
};

function toBool(frame: Frame, value: string | boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (Object.hasOwn(truths, value)) return truths[value] ?? false;
  throw fault(frame, `bool() cannot read ${quoted(frame, value)}: "true" or "false" was expected`);
}

function encode(frame: Frame, text: string): Uint8Array {
  spendReading(frame, text.length * 8);
  return new TextEncoder().encode(text);
}

const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  int: (value) => typeof value === 'bigint' || Number.isInteger(value),
  uint: (value) => (typeof value === 'bigint' || Number.isInteger(value)) && (value as number | bigint) >= 0,
  double: (value) => kindOf(value) === 'number',
  number: (value) => kindOf(value) === 'number',
  string: (value) => kindOf(value) === 'string',
  bool: (value) => kindOf(value) === 'bool',
  bytes: (value) => kindOf(value) === 'bytes',
  list: (value) => kindOf(value) === 'list',
  map: (value) => kindOf(value) === 'map',
  null_type: (value) => kindOf(value) === 'null',
};

/** The test that `type(x) == name` stands for; `undefined` when `name` is no type. */
export function typeTest(name: string): ((value: unknown) => boolean) | undefined {
  return Object.hasOwn(typeTests, name) ? typeTests[name] : undefined;
}
