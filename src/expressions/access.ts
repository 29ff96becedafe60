import { suggestName } from '../errors/nearest.js';
import { Optional } from './exotic.js';
import { Fault, type Frame } from './frame.js';
import { isReadable, isTypedArray, kindOf, nameKind } from './kinds.js';

/** The own field of a map, or `undefined`. Prototypes, functions and the properties of lists are out of reach. */
export function readField(base: unknown, name: string): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return undefined;
  if (Object.hasOwn(base, name)) return readable((base as Readonly<Record<string, unknown>>)[name]);
  return base instanceof Map ? readable(base.get(name)) : undefined;
}

/** What `base[key]` holds, or `undefined`: an element of a list or bytes, or a value of a map. */
export function readIndex(base: unknown, key: unknown): unknown {
  if (Array.isArray(base) || isTypedArray(base)) return readPosition(base, key);
  if (base instanceof Map) return readable(readMap(base, key));
  if (typeof key === 'string') return readField(base, key);
  return typeof key === 'number' || typeof key === 'bigint' ? readField(base, String(key)) : undefined;
}

function readPosition(list: ArrayLike<unknown>, key: unknown): unknown {
  const position = typeof key === 'bigint' ? Number(key) : key;
  if (typeof position !== 'number' || !Number.isInteger(position) || position < 0 || position >= list.length) return undefined;
  return readable(list[position] ?? null);
}

function readMap(map: ReadonlyMap<unknown, unknown>, key: unknown): unknown {
  if (map.has(key)) return map.get(key);
  if (typeof key === 'bigint') return map.get(Number(key));
  return Number.isSafeInteger(key) ? map.get(BigInt(key as number)) : undefined;
}

function readable(value: unknown): unknown {
  return isReadable(value) ? value : undefined;
}

/** The optional that `.?` and `[?]` give: absent when the base is null, absent itself, or has no such part. */
export function readOptional(base: unknown, read: (base: unknown) => unknown): Optional {
  return new Optional(read(base instanceof Optional ? base.value : base));
}

/** The failure of reading a part that is not there: `a.output has no field "x"; it has b, c`. */
export function missingField(frame: Frame, base: unknown, name: string, label: string): Fault {
  return new Fault(frame.at, () => describeField(base, name, label));
}

function describeField(base: unknown, name: string, label: string) {
  const kind = kindOf(base);
  if (kind !== 'map')
    return { message: `${label} is ${nameKind(kind)} and has no field "${name}"`, hint: otherHint(kind, name, label) };
  const fields = fieldNames(base as object);
  const listed = fields.length === 0 ? 'it is empty' : `it has ${listNames(fields)}`;
  const hints = [suggestName(name, fields.slice(0, 1000)), `If it may be absent, ask with has() or .?${name}`];
  return { message: `${label} has no field "${name}"; ${listed}`, hint: hints.filter((hint) => hint !== undefined).join(' ') };
}

function otherHint(kind: string, name: string, label: string): string | undefined {
  if (name === 'length' || name === 'size') return `Write size(${label}).`;
  if (kind === 'list') return `Take an element first, as in ${label}[0], or every element with ${label}.map(x, x.${name}).`;
  return kind === 'null' ? `Ask first: ${label} != null, or use .?${name} and orValue.` : undefined;
}

function fieldNames(base: object): readonly string[] {
  const entries = base instanceof Map ? [...base] : Object.entries(base);
  return entries.filter(([, value]) => isReadable(value)).map(([key]) => nameOfKey(key));
}

/** A Map may have keys of any kind. */
function nameOfKey(key: unknown): string {
  return typeof key === 'object' && key !== null ? `a key that is ${nameKind(kindOf(key))}` : String(key);
}

const LISTED_NAMES = 8;

/** Of what travels to a thread in part, no more names than these are known. */
const COUNTED_NAMES = 100;

function listNames(names: readonly string[]): string {
  const listed = names.slice(0, LISTED_NAMES).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  if (names.length <= LISTED_NAMES) return listed.join(', ');
  return `${listed.join(', ')} and ${names.length < COUNTED_NAMES ? names.length - LISTED_NAMES : 'many'} more`;
}

/** The failure of `base[key]`. */
export function missingIndex(frame: Frame, base: unknown, key: unknown, label: string): Fault {
  if (kindOf(base) === 'map' && typeof key === 'string') return missingField(frame, base, key, label);
  return new Fault(frame.at, () => describeIndex(base, key, label));
}

function describeIndex(base: unknown, key: unknown, label: string) {
  if (Array.isArray(base) || isTypedArray(base)) return describePosition(base, key, label);
  const kind = kindOf(base);
  if (kind === 'map') return { message: `${label} has no entry for ${describeKey(key)}` };
  const hint = kind === 'string' ? `For a character write ${label}.charAt(0).` : undefined;
  return { message: `${label} is ${nameKind(kind)} and cannot be indexed with [ ]`, hint };
}

function describePosition(list: ArrayLike<unknown>, key: unknown, label: string) {
  if (kindOf(key) !== 'number')
    return { message: `${label} is a list, indexed by whole numbers from 0, not by ${describeKey(key)}` };
  const held = list.length === 1 ? '1 element' : `${list.length} elements`;
  const hint =
    Number(key) < 0
      ? `Count from the end as ${label}[size(${label}) - 1].`
      : `If it may be absent, write ${label}[?n].orValue(default).`;
  return { message: `${label} has ${held} and none at index ${String(key)}`, hint };
}

function describeKey(key: unknown): string {
  return typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean' ? String(key) : nameKind(kindOf(key));
}
