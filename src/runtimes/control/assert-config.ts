import { describeValue } from '../../errors/describe-value.js';

/** @throws TypeError when a limit is given that is not a whole number of at least 1 */
export function assertLimit(value: number | undefined, name: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new TypeError(`Expected \`${name}\` to be a whole number of at least 1, got ${describeValue(value)}.`);
}

/** @throws TypeError when a body is not a list of nodes */
export function assertBody(body: unknown, name: string): void {
  if (Array.isArray(body)) return;
  throw new TypeError(`Expected \`${name}\` to be a list of nodes, got ${describeValue(body)}.`);
}
