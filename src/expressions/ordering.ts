import { Duration } from './exotic.js';
import { type Frame, fault, spendReading } from './frame.js';
import { kindOf, nameKind } from './kinds.js';
import { isNumber } from './numbers.js';

/**
 * Order of two values of one kind: negative, 0 or positive; NaN when a NaN is compared. Strings go by UTF-16 code units.
 *
 * @throws a fault when the two have no order
 */
export function compare(frame: Frame, left: unknown, right: unknown): number {
  if (isNumber(left) && isNumber(right)) return order(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    spendReading(frame, Math.min(left.length, right.length));
    return order(left, right);
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (left instanceof Duration && right instanceof Duration) return left.milliseconds - right.milliseconds;
  throw fault(frame, `${nameKind(kindOf(left))} and ${nameKind(kindOf(right))} have no order`, orderHint(left, right));
}

function order<T extends number | bigint | string>(left: T, right: T): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left <= right ? 0 : Number.NaN;
}

function orderHint(left: unknown, right: unknown): string | undefined {
  const kinds = [kindOf(left), kindOf(right)];
  if (kinds.includes('null')) return 'Ask first whether the value is null.';
  if (kinds.includes('number') && kinds.includes('string')) return 'Turn the text into a number with double(text).';
  return undefined;
}
