import { InvalidArgumentError } from 'commander';
import { suggestName } from '../errors/nearest.js';
import { parseDuration } from '../runtimes/settings/duration.js';

// What the values of options mean. Each throws commander's `InvalidArgumentError`, whose text ends the message, for one that means nothing.

/** Of an option that may be repeated. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** Takes one of a few words. */
export function oneOf(words: readonly string[]): (value: string) => string {
  return (value) => {
    if (words.includes(value)) return value;
    const list = [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
    throw new InvalidArgumentError([`Expected ${list}.`, suggestName(value, words)].filter(Boolean).join(' '));
  };
}

/** A whole number from 1. */
export function parseCount(value: string): number {
  const count = Number(value);
  if (!/^\d+$/.test(value) || count < 1 || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('Expected a whole number from 1.');
  return count;
}

/** A thread that cannot load what it runs would only die. */
export function parseMegabytes(value: string): number {
  const megabytes = parseCount(value);
  if (megabytes < 16) throw new InvalidArgumentError('Expected at least 16: a worker needs that to start.');
  return megabytes;
}

/** An empty text is mostly a shell variable that is not set. */
export function parsePresent(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('Expected a value, and it is empty.');
  return value;
}

/** A factor above 0. */
export function parseScale(value: string): number {
  const scale = Number(value);
  if (value.trim() === '' || !Number.isFinite(scale) || scale <= 0)
    throw new InvalidArgumentError('Expected a number above 0, such as 0.01.');
  return scale;
}

/** Bytes. */
export function parseSize(value: string): number {
  const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b?)$/i.exec(value) ?? [];
  const factors: Readonly<Record<string, number>> = {
    k: 1e3,
    m: 1e6,
    g: 1e9,
    t: 1e12,
    ki: 2 ** 10,
    mi: 2 ** 20,
    gi: 2 ** 30,
    ti: 2 ** 40,
  };
  if (amount === undefined) throw new InvalidArgumentError('Expected a size such as 500MB, 1GB or 64MiB.');
  return Number(amount) * (factors[unit.toLowerCase().replace(/b$/, '')] ?? 1);
}

/** Milliseconds, at least 1. */
export function parseTimeout(value: string): number {
  return parseMs(value, 1);
}

/** Milliseconds, from 0 on. */
export function parseGrace(value: string): number {
  return parseMs(value, 0);
}

function parseMs(value: string, least: number): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms >= least) return ms;
  const unit = /^\d+$/.test(value) ? ` Give the unit: ${value}s or ${value}ms.` : '';
  throw new InvalidArgumentError(`Expected a duration such as 500ms, 30s, 5m or 1h30m.${unit}`);
}
