import { isObject } from './is-object.js';

const mostDifferences = 10;
const longest = 100;

/** Where data differs from what was expected, one line each, at most 10 and how many more. Both are JSON data. */
export function compare(expected: unknown, actual: unknown, name: string): readonly string[] {
  const found: string[] = [];
  differ(expected, actual, name, found);
  const rest = found.length - mostDifferences;
  return rest > 0 ? [...found.slice(0, mostDifferences), `and ${rest} more`] : found;
}

/** A value as JSON, cut to about a line. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function differ(expected: unknown, actual: unknown, path: string, found: string[]): void {
  if (Object.is(expected, actual)) return;
  if (Array.isArray(expected) && Array.isArray(actual)) differLists(expected, actual, path, found);
  else if (isObject(expected) && isObject(actual)) differObjects(expected, actual, path, found);
  // JSON has one zero.
  else if (expected !== actual) found.push(`${path}: expected ${brief(expected)}, got ${brief(actual)}`);
}

function differLists(expected: readonly unknown[], actual: readonly unknown[], path: string, found: string[]): void {
  if (expected.length !== actual.length)
    found.push(`${path}: expected a list of ${expected.length}, got one of ${actual.length}`);
  const common = Math.min(expected.length, actual.length);
  for (let at = 0; at < common; at++) differ(expected[at], actual[at], `${path}[${at}]`, found);
  for (let at = common; at < expected.length; at++) found.push(`${path}[${at}]: expected ${brief(expected[at])}, got nothing`);
  for (let at = common; at < actual.length; at++) found.push(`${path}[${at}]: expected nothing, got ${brief(actual[at])}`);
}

type Fields = Readonly<Record<string, unknown>>;

function differObjects(expected: Fields, actual: Fields, path: string, found: string[]): void {
  for (const [key, value] of Object.entries(expected)) {
    const where = step(path, key);
    if (Object.hasOwn(actual, key)) differ(value, actual[key], where, found);
    else found.push(`${where}: expected ${brief(value)}, got nothing`);
  }
  for (const key of Object.keys(actual)) {
    if (!Object.hasOwn(expected, key)) found.push(`${step(path, key)}: expected nothing, got ${brief(actual[key])}`);
  }
}

function step(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
