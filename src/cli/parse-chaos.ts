import { InvalidArgumentError } from 'commander';
import { faultKinds } from '../dispatch/fault-kinds.js';
import { nearestName, suggestName } from '../errors/nearest.js';
import type { ChaosOptions } from '../execution/chaos.js';
import { parseDuration } from '../runtimes/settings/duration.js';
import type { FaultKind } from '../types/events.js';

const names = ['seed', 'rate', 'kinds', 'delay'] as const;
const defaultRate = 0.05;

/**
 * What `--chaos` says. `seed=7,rate=0.05,kinds=throw,exit`: a word without `=` goes on with what was named before it.
 * @throws InvalidArgumentError
 */
export function parseChaos(text: string): ChaosOptions {
  const given = new Map<string, string[]>();
  for (const piece of text.split(',').map((each) => each.trim())) {
    const equals = piece.indexOf('=');
    if (equals >= 0) given.set(knownName(piece.slice(0, equals)), [piece.slice(equals + 1)]);
    else listBefore(given, piece).push(piece);
  }
  const [seed, rate, delay] = (['seed', 'rate', 'delay'] as const).map((name) => single(name, given.get(name)));
  return {
    rate: rate === undefined ? defaultRate : parseRate(rate),
    ...(seed === undefined ? {} : { seed: parseSeed(seed) }),
    ...(delay === undefined ? {} : { delayMs: parseDelay(delay) }),
    ...(given.has('kinds') ? { kinds: (given.get('kinds') ?? []).map(parseKind) } : {}),
  };
}

function knownName(name: string): string {
  if ((names as readonly string[]).includes(name)) return name;
  throw invalid(`It has no "${name}".`, suggestName(name, names), `It takes ${names.join(', ')}.`);
}

function listBefore(given: Map<string, string[]>, piece: string): string[] {
  const list = given.get('kinds');
  if (list !== undefined && [...given.keys()].at(-1) === 'kinds') return list;
  throw invalid(`Expected name=value, got "${piece}".`, `Write such as ${nearestName(piece, names) ?? 'rate'}=….`);
}

function single(name: string, values: readonly string[] | undefined): string | undefined {
  if (values === undefined || values.length === 1) return values?.[0];
  throw invalid(`${name} takes one value.`);
}

function parseRate(text: string): number {
  const rate = /^\d*\.?\d+%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text !== '' && rate >= 0 && rate <= 1) return rate;
  throw invalid(`Expected rate to be a number from 0 to 1 or a percentage, got "${text}".`);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw invalid(`Expected seed to be a whole number, got "${text}".`);
}

function parseDelay(text: string): number {
  const delayMs = parseDuration(text);
  if (delayMs !== undefined) return delayMs;
  throw invalid(`Expected delay to be a duration such as 50ms, got "${text}".`);
}

function parseKind(text: string): FaultKind {
  const kind = faultKinds.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw invalid(`Expected kinds of ${faultKinds.join(', ')}, got "${text}".`, suggestName(text, faultKinds));
}

function invalid(...sentences: readonly (string | undefined)[]): InvalidArgumentError {
  return new InvalidArgumentError(sentences.filter(Boolean).join(' '));
}
