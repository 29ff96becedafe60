import { quote } from '../../errors/describe-value.js';
import { nearestName } from '../../errors/nearest.js';
import type { Quota } from '../../types/ast.js';
import { parseDuration } from './duration.js';
import { type LiteralSetting, literal, type Refuse } from './literal.js';

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** Any text but none. */
export function text(words = 'text'): LiteralSetting<string> {
  return literal({ words, read: (value) => (value === '' ? undefined : value) });
}

/** A whole number. */
export function integer(range: Range = {}): LiteralSetting<number> {
  return literal({
    words: `a whole number${rangeWords(range)}`,
    read: (value) => inRange(/^[+-]?\d+$/.test(value), value, range),
  });
}

/** A number, decimal point and exponent allowed. */
export function number(range: Range = {}): LiteralSetting<number> {
  const pattern = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
  return literal({ words: `a number${rangeWords(range)}`, read: (value) => inRange(pattern.test(value), value, range) });
}

/** `true` or `false`. */
export function flag(): LiteralSetting<boolean> {
  const values: Readonly<Record<string, boolean>> = { true: true, false: false };
  return literal({ words: 'true or false', read: (value) => (Object.hasOwn(values, value) ? values[value] : undefined) });
}

/** What other tools call some of the words. */
const elsewhere: Readonly<Record<string, string>> = {
  ascending: 'asc',
  descending: 'desc',
  ignore: 'continue',
  skip: 'continue',
  stop: 'fail-fast',
  abort: 'fail-fast',
};

function calledElsewhere(value: string): string | undefined {
  return Object.hasOwn(elsewhere, value) ? elsewhere[value] : undefined;
}

/** One of some words. */
export function choice<const Word extends string>(options: readonly Word[]): LiteralSetting<Word> {
  const words = options.length === 1 ? String(options[0]) : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
  return literal({
    words,
    read: (value, refuse) => {
      const found = options.find((option) => option === value);
      if (found !== undefined) return found;
      const nearest = options.find((option) => option === calledElsewhere(value)) ?? nearestName(value, options);
      const hint = nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
      return refuse({ message: `expected ${words}, got ${quote(value)}`, hint });
    },
  });
}

/** A span of time; comes out in milliseconds. */
export function duration(): LiteralSetting<number> {
  return literal({ words: durationWords, read: readDuration });
}

/** A span of time after which something is ended: none would end it before it begins. */
export function timeLimit(): LiteralSetting<number> {
  return literal({
    words: durationWords,
    read: (value, refuse) => {
      const ms = readDuration(value, refuse);
      if (ms !== 0) return ms;
      return refuse({
        message: `expected a duration longer than 0, got ${quote(value)}`,
        hint: 'Leave it out to set no such limit.',
      });
    },
  });
}

const durationWords = 'a duration such as 500ms, 30s, 5m, 1h30m or PT30S';

function readDuration(value: string, refuse: Refuse): number | undefined {
  const hint = /^\d+$/.test(value) ? `Give the unit: ${value}ms or ${value}s.` : undefined;
  return parseDuration(value) ?? refuse({ message: `expected ${durationWords}, got ${quote(value)}`, hint });
}

/** A duration whose unit may be left out; comes out in milliseconds. */
export function milliseconds(): LiteralSetting<number> {
  const words = 'milliseconds, or a duration such as 30s';
  return literal({ words, read: (value) => parseDuration(/^\d+(\.\d+)?$/.test(value) ? `${value}ms` : value) });
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** A size; comes out in bytes. */
export function byteSize(): LiteralSetting<number> {
  return literal({
    words: 'a size such as 500000, 64MiB or 10MB',
    read: (value) => {
      const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(value) ?? [];
      const factor = Object.hasOwn(byteUnits, unit) ? byteUnits[unit] : undefined;
      return amount === undefined || factor === undefined || Number(amount) === 0
        ? undefined
        : Math.floor(Number(amount) * factor);
    },
  });
}

/** Below it a thread cannot even load what it needs. */
const leastMemoryMb = 16;
const memoryUnits: Readonly<Record<string, number>> = { kb: 2 ** -10, mb: 1, gb: 2 ** 10 };

/** A limit of memory; comes out in MiB. */
export function memorySize(): LiteralSetting<number> {
  return literal({
    words: `a size from ${leastMemoryMb}mb on, such as 256mb or 2gb`,
    read: (value) => {
      const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb)$/i.exec(value) ?? [];
      const mebibytes = Math.ceil(Number(amount ?? 0) * (memoryUnits[unit.toLowerCase()] ?? 0));
      return mebibytes >= leastMemoryMb ? mebibytes : undefined;
    },
  });
}

/** Ids of nodes, separated by spaces or commas. */
export function ids(): LiteralSetting<readonly string[]> {
  return literal({
    words: 'ids of nodes, separated by spaces',
    read: (value) => nonEmpty(value.split(/[\s,]+/).filter((id) => id !== '')),
  });
}

/** A name that expressions can use: letters, digits and `_`, no digit first. */
export function identifier(): LiteralSetting<string> {
  return literal({
    words: 'a name of letters, digits and _',
    read: (value) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? value : undefined),
  });
}

/** A count or a share: `3` or `5%`. */
export function quota(): LiteralSetting<Quota> {
  return literal({ words: 'a count such as 3, or a share such as 5%', read: (value) => readQuota(value, 0) });
}

/** `undefined` for what is no quota, less than `least`, or more than 100%. */
export function readQuota(value: string, least: number): Quota | undefined {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(value)?.[1];
  if (percent === undefined)
    return /^\d+$/.test(value) && Number(value) >= least ? { unit: 'count', amount: Number(value) } : undefined;
  const amount = Number(percent);
  return amount <= 100 && (least === 0 || amount > 0) ? { unit: 'percent', amount } : undefined;
}

function rangeWords({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function inRange(isNumber: boolean, value: string, { min = -Infinity, max = Infinity }: Range): number | undefined {
  const amount = Number(value);
  return isNumber && Number.isFinite(amount) && min <= amount && amount <= max ? amount : undefined;
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
