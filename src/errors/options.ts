import { describeValue } from './describe-value.js';
import { nearestName, suggestName } from './nearest.js';

// Callers without types get a word about their slip at the door, and no error from deep inside.

/**
 * What an option may be; it is asked only of what was given. `of` is the function whose option it is.
 * @throws TypeError with which option of which function it is, what was expected, and what came
 */
export type Check = (value: unknown, name: string, of: string) => void;

export type Checks = Readonly<Record<string, Check>>;

/** @throws TypeError for an option that there is not, with the nearest that there is, and for one of a wrong kind */
export function assertOptions(given: unknown, checks: Checks, of: string): void {
  if (!isRecord(given)) throw wrongKind('the options', of, 'an object', given);
  assertKnown(given, checks, of);
  checkEach(given, checks, '', of);
}

/** The `most` of a number that may be as large as it likes, and not infinite. */
export const finite = Number.MAX_VALUE;

export const anything: Check = () => {};
export const aText = kind('text', (value) => typeof value === 'string');
export const aBoolean = kind('true or false', (value) => typeof value === 'boolean');
export const aFunction = kind('a function', (value) => typeof value === 'function');
export const aCount = kind('a whole number from 1 on', (value) => Number.isSafeInteger(value) && (value as number) >= 1);
export const aRecord = kind('an object of values by name', isRecord);

export function kind(expected: string, fits: (value: unknown) => boolean): Check {
  return (value, name, of) => {
    if (!fits(value)) throw wrongKind(name, of, expected, value);
  };
}

/** Without a `most`, infinity too: no limit. */
export function numberFrom(least: number, most = Number.POSITIVE_INFINITY): Check {
  const expected = `a ${most === finite ? 'finite ' : ''}number from ${least} ${most < finite ? `to ${most}` : 'on'}`;
  return kind(expected, (value) => typeof value === 'number' && value >= least && value <= most);
}

export function oneOf(words: readonly string[]): Check {
  const quoted = words.map((word) => JSON.stringify(word));
  const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return (value, name, of) => {
    if (typeof value !== 'string') throw wrongKind(name, of, expected, value);
    if (!words.includes(value)) throw wrongKind(name, of, expected, value, suggestName(value, words));
  };
}

export function listOf(check: Check): Check {
  return (value, name, of) => {
    if (!Array.isArray(value)) throw wrongKind(name, of, 'a list', value);
    for (const [index, item] of value.entries()) check(item, `${name}[${index}]`, of);
  };
}

interface OptionsOf {
  readonly needed?: readonly string[];
  readonly expected?: string;
}

/** Options inside an option; those that are needed must be given. */
export function optionsOf(checks: Checks, { needed = [], expected = 'an object' }: OptionsOf = {}): Check {
  return (value, name, of) => {
    if (!isRecord(value)) throw wrongKind(name, of, expected, value);
    assertKnown(value, checks, name);
    checkEach(value, checks, `${name}.`, of, needed);
  };
}

/** Values that may be secrets: a message says of what kind they are, and no more. */
export const hiddenTexts: Check = (value, name, of) => {
  // All of them are text, and there may be many.
  if (value === process.env) return;
  if (!isRecord(value)) throw new TypeError(`Expected ${name} of ${of} to be an object of texts by name, got ${hidden(value)}`);
  const wrong = Object.entries(value).find(([, each]) => each !== undefined && typeof each !== 'string');
  if (wrong !== undefined) throw new TypeError(`Expected ${name}.${wrong[0]} of ${of} to be text, got ${hidden(wrong[1])}`);
};

function hidden(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return tag === 'Object' ? 'an object' : `a ${tag}`;
}

/** What holds its values elsewhere than in properties would be taken for an object without any. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Map || value instanceof Set || value instanceof Promise);
}

function assertKnown(given: object, checks: Checks, what: string): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(checks, name));
  if (unknown === undefined) return;
  const names = Object.keys(checks);
  const nearest = nearestName(unknown, names);
  const help = nearest === undefined ? `it takes ${names.join(', ')}` : `did you mean ${nearest}?`;
  throw new TypeError(`There is no option ${JSON.stringify(unknown)} of ${what}: ${help}`);
}

function checkEach(
  given: Readonly<Record<string, unknown>>,
  checks: Checks,
  before: string,
  of: string,
  needed: readonly string[] = [],
): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = given[name];
    if (value !== undefined || needed.includes(name)) check(value, before + name, of);
  }
}

function wrongKind(name: string, of: string, expected: string, value: unknown, hint?: string): TypeError {
  const message = `Expected ${name} of ${of} to be ${expected}, got ${describeValue(value)}`;
  return new TypeError([message, hint].filter(Boolean).join('. '));
}
