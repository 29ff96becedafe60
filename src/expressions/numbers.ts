import { type Frame, fault } from './frame.js';

/** BigInts longer than this are not computed with, so that repeated squaring cannot fill memory. */
const MAX_BIGINT_BITS = 4096;

export type ArithmeticSign = '+' | '-' | '*' | '/' | '%';
export type NumberLike = number | bigint;

export function isNumber(value: unknown): value is NumberLike {
  return typeof value === 'number' || typeof value === 'bigint';
}

/**
 * Arithmetic on numbers and BigInts. A BigInt with a whole number stays a BigInt; with a fraction it becomes a number.
 *
 * @throws a fault on division by zero and on BigInts beyond 4096 bits
 */
export function calculate(frame: Frame, sign: ArithmeticSign, left: NumberLike, right: NumberLike): NumberLike {
  if (typeof left === 'number' && typeof right === 'number') return calculateNumbers(frame, sign, left, right);
  if (isWhole(left) && isWhole(right)) return calculateBigInts(frame, sign, BigInt(left), BigInt(right));
  return calculateNumbers(frame, sign, Number(left), Number(right));
}

function isWhole(value: NumberLike): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function calculateNumbers(frame: Frame, sign: ArithmeticSign, left: number, right: number): number {
  switch (sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw fault(frame, 'division by zero', 'Ask first, as in n == 0 ? 0 : total / n.');
      return left / right;
    case '%':
      if (right === 0) throw fault(frame, 'remainder of a division by zero', 'Ask first whether the divisor is 0.');
      return left % right;
  }
}

function calculateBigInts(frame: Frame, sign: ArithmeticSign, left: bigint, right: bigint): bigint {
  assertShort(frame, left);
  assertShort(frame, right);
  switch (sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0n) throw fault(frame, 'division by zero');
      return left / right;
    case '%':
      if (right === 0n) throw fault(frame, 'remainder of a division by zero');
      return left % right;
  }
}

function assertShort(frame: Frame, value: bigint): void {
  if (BigInt.asIntN(MAX_BIGINT_BITS, value) === value) return;
  throw fault(frame, `a BigInt is longer than ${MAX_BIGINT_BITS} bits, too long to compute with`);
}

/** A number as JSON prints it; BigInts as their digits. */
export function printNumber(value: NumberLike): string {
  return String(value);
}
