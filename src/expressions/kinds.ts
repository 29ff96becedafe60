import { Duration, Optional } from './exotic.js';

/** What a value is to an expression. `other` can be passed on but not used. */
export type Kind =
  | 'number'
  | 'string'
  | 'bool'
  | 'null'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'optional'
  | 'other';

/** What is known before evaluation; `any` is nothing. */
export type StaticKind = Kind | 'any';

/** The kind of a value. BigInts are numbers; sets and typed arrays other than `Uint8Array` are lists. */
export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    default:
      return 'other';
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return 'list';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'map';
  if (value instanceof Map) return 'map';
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Set || isTypedArray(value)) return 'list';
  if (value instanceof Duration) return 'duration';
  if (value instanceof Optional) return 'optional';
  return isOpaque(value) ? 'other' : 'map';
}

/** An object with neither fields nor elements to offer. */
function isOpaque(value: object): boolean {
  return (
    value instanceof ArrayBuffer || value instanceof SharedArrayBuffer || ArrayBuffer.isView(value) || value instanceof RegExp
  );
}

/** A typed array of numbers or BigInts, `Uint8Array` included. */
export function isTypedArray(value: unknown): value is ArrayLike<number | bigint> & object {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether a value may be seen at all: functions and symbols may not, and `undefined` is absence. */
export function isReadable(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

const names: Readonly<Record<StaticKind, string>> = {
  number: 'a number',
  string: 'a string',
  bool: 'true or false',
  null: 'null',
  bytes: 'bytes',
  list: 'a list',
  map: 'a map',
  timestamp: 'a timestamp',
  duration: 'a duration',
  optional: 'an optional',
  other: 'a value expressions cannot use',
  any: 'any value',
};

/** A kind as a message says it: `a number`, `a list`, `null`. */
export function nameKind(kind: StaticKind): string {
  return names[kind];
}
