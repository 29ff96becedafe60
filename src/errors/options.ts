import { describeValue } from './describe-value.js';
import { nearestName, suggestName } from './nearest.js';

// Callers without types get a word about their slip at the door, and no error from deep inside.

/**
 * What an option may be; it is asked only of what was given. `of` is the function whose option it is.
 * @throws TypeError with which option of which function it is, what was expected, and what came
 */
export type Check = (value: unknown, name: string, of: string) => void;

export type Checks = Readonly<Record<string, Check>>;

/**
 * What was given, in a plain object: each option is read once, also from getters and prototypes, and the undefined ones are left out.
 * @throws TypeError for an option that there is not, with the nearest that there is, and for one of a wrong kind
 */
export function readOptions<T extends object>(given: T, checks: Readonly<Record<keyof T, Check>>, of: string): T;
export function readOptions(given: unknown, checks: Checks, of: string): object {
  if (!isRecord(given)) throw wrongKind('the options', of, 'an object', given);
  assertKnown(given, checks, of);
  const read = Object.entries(checks).map(([name, check]) => ({ name, check, value: given[name] }));
  const options = read.filter(({ value }) => value !== undefined);
  for (const { name, check, value } of options) check(value, name, of);
  return Object.fromEntries(options.map(({ name, value }) => [name, value]));
}

/** The `most` of a number that may be as large as it likes, and not infinite. */
export const finite = Number.MAX_VALUE;

export const anything: Check = () => {};
export const aText = kind('text', (value) => typeof value === 'string');
export const aBoolean = kind('true or false', (value) => typeof value === 'boolean');
export const aFunction = kind('a function', (value) => typeof value === 'function');
export const aCount = kind('a whole number from 1 on', (value) => Number.isSafeInteger(value) && (value as number) >= 1);
/** Of values of its own: no others are looked for in it. */
export const aRecord: Check = (value, name, of) => {
  const expected = 'an object of values by name';
  if (!isRecord(value)) throw wrongKind(name, of, expected, value);
  assertPlain(value, name, of, expected);
};

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
    assertKnown(value, checks, `${name} of ${of}`);
    for (const [key, check] of Object.entries(checks)) {
      const inner = value[key];
      if (inner !== undefined || needed.includes(key)) check(inner, `${name}.${key}`, of);
    }
  };
}

/** Values that may be secrets: a message says of what kind they are, and no more. */
export const hiddenTexts: Check = (value, name, of) => {
  // All of them are text, and there may be many.
  if (value === process.env) return;
  const expected = 'an object of texts by name';
  if (!isRecord(value)) throw new TypeError(`Expected ${name} of ${of} to be ${expected}, got ${hidden(value)}`);
  assertPlain(value, name, of, expected);
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

/** @throws TypeError for one that may inherit values, which would be passed over without a word */
function assertPlain(value: object, name: string, of: string, expected: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Each realm has an `Object.prototype` of its own.
  if (prototype === null || Object.hasOwn(prototype as object, 'isPrototypeOf')) return;
  const hint = 'Copy what counts into a plain object';
  throw new TypeError(`Expected ${name} of ${of} to be ${expected}, got one of a class or with a prototype. ${hint}`);
}

function assertKnown(given: object, checks: Checks, what: string): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(checks, name));
  if (unknown === undefined) return;
  const names = Object.keys(checks);
  const nearest = nearestName(unknown, names);
  const help = nearest === undefined ? `it takes ${names.join(', ')}` : `did you mean ${nearest}?`;
  throw new TypeError(`There is no option ${JSON.stringify(unknown)} of ${what}: ${help}`);
}

function wrongKind(name: string, of: string, expected: string, value: unknown, hint?: string): TypeError {
  const message = `Expected ${name} of ${of} to be ${expected}, got ${describeValue(value)}`;
  return new TypeError([message, hint].filter(Boolean).join('. '));
}
