import { isPlain } from './plain-iterations.js';
import type { Iteration } from './types.js';

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
  return compact(text);
}

/** A text of any length in a few characters. */
export function compact(text: string): string {
  // Loaded when it is first needed: it costs a starting worker several milliseconds.
  return text.length > longestText ? process.getBuiltinModule('node:crypto').hash('sha1', text, 'base64url') : text;
}

/** A flat value as text. */
export function spell(value: unknown): string {
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
