import { toArray } from './elements.js';
import { Duration } from './exotic.js';
import { type Frame, fault, spend, spendBuilding } from './frame.js';
import { kindOf, nameKind, type StaticKind } from './kinds.js';
import { type ArithmeticSign, calculate, isNumber } from './numbers.js';
import { joinTexts, scalarText } from './text.js';

/** `left sign right` for every pair of kinds that has a meaning. */
export function arithmetic(frame: Frame, sign: ArithmeticSign, left: unknown, right: unknown): unknown {
  if (isNumber(left) && isNumber(right)) return calculate(frame, sign, left, right);
  if (sign === '+') return add(frame, left, right);
  if (sign === '-') return subtract(frame, left, right);
  throw mismatch(frame, sign, left, right);
}

function add(frame: Frame, left: unknown, right: unknown): unknown {
  if (typeof left === 'string' || typeof right === 'string') return addTexts(frame, left, right);
  if (left instanceof Date && right instanceof Duration) return shift(frame, left, right.milliseconds);
  if (left instanceof Duration && right instanceof Date) return shift(frame, right, left.milliseconds);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.milliseconds + right.milliseconds);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return addBytes(frame, left, right);
  if (kindOf(left) === 'list' && kindOf(right) === 'list') return addLists(frame, left, right);
  throw mismatch(frame, '+', left, right);
}

function addTexts(frame: Frame, left: unknown, right: unknown): string {
  const start = scalarText(left);
  const end = scalarText(right);
  if (start === undefined || end === undefined) throw mismatch(frame, '+', left, right);
  return joinTexts(frame, start, end);
}

function addBytes(frame: Frame, left: Uint8Array, right: Uint8Array): Uint8Array {
  spendBuilding(frame, left.length + right.length);
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

function addLists(frame: Frame, left: unknown, right: unknown): readonly unknown[] {
  const start = toArray(frame, left);
  const end = toArray(frame, right);
  spend(frame, start.length + end.length);
  return start.concat(end);
}

function subtract(frame: Frame, left: unknown, right: unknown): unknown {
  if (left instanceof Date && right instanceof Date) return new Duration(left.getTime() - right.getTime());
  if (left instanceof Date && right instanceof Duration) return shift(frame, left, -right.milliseconds);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.milliseconds - right.milliseconds);
  throw mismatch(frame, '-', left, right);
}

function shift(frame: Frame, timestamp: Date, milliseconds: number): Date {
  const shifted = new Date(timestamp.getTime() + milliseconds);
  if (Number.isNaN(shifted.getTime())) throw fault(frame, 'the timestamp is out of range');
  return shifted;
}

function mismatch(frame: Frame, sign: ArithmeticSign, left: unknown, right: unknown) {
  const kinds = [kindOf(left), kindOf(right)] as const;
  return fault(frame, mismatchMessage(sign, kinds[0], kinds[1]), mismatchHint(kinds[0], kinds[1]));
}

/** What to say of an operator between kinds it has no meaning for. */
export function mismatchMessage(sign: string, left: StaticKind, right: StaticKind): string {
  return `${nameKind(left)} ${sign} ${nameKind(right)} has no meaning`;
}

export function mismatchHint(left: StaticKind, right: StaticKind): string | undefined {
  if (left === 'null' || right === 'null') return 'Ask first whether the value is null, or use .? and orValue.';
  if (left === 'optional' || right === 'optional') return 'Take the value out with orValue(default).';
  if (left === 'string' || right === 'string') return 'Make text with string(x) or json.stringify(x), numbers with double(text).';
  return undefined;
}

/** The kind an arithmetic operator gives for known kinds; `undefined` when it can never work. */
export function arithmeticKind(sign: ArithmeticSign, left: StaticKind, right: StaticKind): StaticKind | undefined {
  if (left === 'number' && right === 'number') return 'number';
  if (left === 'any' || right === 'any') return looseKind(sign, left === 'any' ? right : left);
  if (sign === '+') return sumKind(left, right);
  if (sign === '-') return differenceKind(left, right);
  return undefined;
}

const addable: readonly StaticKind[] = ['number', 'string', 'bool', 'timestamp', 'duration', 'bytes', 'list', 'any'];
const subtractable: readonly StaticKind[] = ['number', 'timestamp', 'duration', 'any'];

function looseKind(sign: ArithmeticSign, known: StaticKind): StaticKind | undefined {
  if (sign === '+') return addable.includes(known) ? looseSum(known) : undefined;
  if (sign === '-') return subtractable.includes(known) ? 'any' : undefined;
  return known === 'number' || known === 'any' ? 'number' : undefined;
}

function looseSum(known: StaticKind): StaticKind {
  return known === 'string' || known === 'list' || known === 'bytes' ? known : 'any';
}

function sumKind(left: StaticKind, right: StaticKind): StaticKind | undefined {
  const isText = (kind: StaticKind) => kind === 'string' || kind === 'number' || kind === 'bool';
  if (left === 'string' || right === 'string') return isText(left) && isText(right) ? 'string' : undefined;
  if (left === 'timestamp' || right === 'timestamp') return left === 'duration' || right === 'duration' ? 'timestamp' : undefined;
  return left === right && (left === 'list' || left === 'bytes' || left === 'duration') ? left : undefined;
}

function differenceKind(left: StaticKind, right: StaticKind): StaticKind | undefined {
  if (left === 'timestamp' && right === 'timestamp') return 'duration';
  if (left === 'timestamp' && right === 'duration') return 'timestamp';
  return left === 'duration' && right === 'duration' ? 'duration' : undefined;
}
