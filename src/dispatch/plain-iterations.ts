import { hash } from 'node:crypto';
import type { Iteration } from './types.js';

/** Values of one iteration in the list: attempt, index, branch, input, item, names. */
const stride = 6;

/**
 * Iterations whose values can be copied by a glance, as one flat list: primitives, and objects that hold nothing else.
 * A list of many is encoded several times faster than each by itself. Undefined when one of them holds more.
 */
export function toPlainList(iterations: readonly Iteration[]): unknown[] | undefined {
  const list: unknown[] = [];
  for (const iteration of iterations) {
    if (!isPlain(iteration)) return undefined;
    const { attempt, index, branch, input, item, slice } = iteration;
    list.push(attempt, index, branch, input, item, isEmpty(slice.names) ? 0 : slice.names);
  }
  return list;
}

/** The iterations again, as `toPlainList` took them. They may share values, so user code must be given copies. */
export function fromPlainList(list: readonly unknown[]): Iteration[] {
  const iterations: Iteration[] = [];
  for (let at = 0; at < list.length; at += stride) {
    const [attempt, index, branch, input, item, names] = list.slice(at, at + stride) as Row;
    iterations.push({ attempt, index, branch, input, item, slice: names === 0 ? noSlice : { names, nodes: noSlice.nodes } });
  }
  return iterations;
}

/** A copy of a value of such an iteration. */
export function copyPlain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

/** Longer texts are hashed. */
const longestText = 48;

/** What tells the values of a plain iteration from others; the same on every thread. Undefined for one that is not plain. */
export function plainDigest(iteration: Iteration): string | undefined {
  return isPlain(iteration) ? digestOfPlain(iteration) : undefined;
}

/** The same where it is known to be plain. */
export function digestOfPlain({ input, item, slice }: Iteration): string {
  let text = spell(item);
  text += input === item ? '=' : `,${spell(input)}`;
  for (const name in slice.names) text += `,${name}${slice.names[name] === item ? '=' : `:${spell(slice.names[name])}`}`;
  return text.length > longestText ? hash('sha1', text, 'base64url') : text;
}

function spell(value: unknown): string {
  if (typeof value !== 'object' || value === null) return spellPrimitive(value);
  const record = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key in record) text += `${JSON.stringify(key)}${spellPrimitive(record[key])},`;
  return `${text}}`;
}

function spellPrimitive(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

type Row = [
  attempt: number,
  index: number | undefined,
  branch: number | undefined,
  input: unknown,
  item: unknown,
  names: Iteration['slice']['names'] | 0,
];

const noSlice: Iteration['slice'] = { names: {}, nodes: {} };

function isPlain({ input, item, slice }: Iteration): boolean {
  if (!isEmpty(slice.nodes) || (slice.held?.length ?? 0) > 0) return false;
  if (!isFlat(input) || (item !== input && !isFlat(item))) return false;
  for (const name in slice.names) if (slice.names[name] !== item && !isPrimitive(slice.names[name])) return false;
  return true;
}

function isEmpty(names: Readonly<Record<string, unknown>>): boolean {
  for (const _ in names) return false;
  return true;
}

/** A spread copies all there is of it. */
function isFlat(value: unknown): boolean {
  if (isPrimitive(value)) return true;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) if (!isPrimitive(record[key])) return false;
  return true;
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
