import { entriesOf } from './equality.js';
import { Duration, Optional } from './exotic.js';
import { type Frame, fault, spend, spendBuilding } from './frame.js';
import { isTypedArray, kindOf } from './kinds.js';

const MAX_DEPTH = 200;
const STEPS_PER_VALUE = 4;

interface Writer {
  readonly frame: Frame;
  readonly indent: string;
}

/**
 * JSON of any value. Unlike `JSON.stringify` it calls nothing the value holds, and covers what JSON has no form for:
 * maps are objects, sets and typed arrays lists, bytes base64, BigInts digits, timestamps ISO 8601, durations like `5s`.
 *
 * @throws a fault beyond 200 levels, as for a value that contains itself
 */
export function writeJson(frame: Frame, value: unknown, indent = 0): string {
  return write({ frame, indent: ' '.repeat(Math.min(Math.max(indent, 0), 10)) }, value, 0);
}

function write(writer: Writer, value: unknown, depth: number): string {
  spend(writer.frame, STEPS_PER_VALUE);
  switch (typeof value) {
    case 'string':
      spendBuilding(writer.frame, value.length);
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : writeObject(writer, value, depth);
    default:
      return 'null';
  }
}

function writeObject(writer: Writer, value: object, depth: number): string {
  if (depth >= MAX_DEPTH) throw fault(writer.frame, `a value is nested more than ${MAX_DEPTH} levels deep, or contains itself`);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value);
  if (value instanceof Duration) return JSON.stringify(value.toText());
  if (value instanceof Optional) return write(writer, value.value ?? null, depth);
  if (value instanceof Uint8Array) return writeBytes(writer, value);
  if (kindOf(value) === 'list') return writeList(writer, value as object & Iterable<unknown>, depth);
  return kindOf(value) === 'map' ? writeMap(writer, value, depth) : 'null';
}

function writeBytes(writer: Writer, value: Uint8Array): string {
  spendBuilding(writer.frame, value.length * 1.4);
  return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
}

function writeList(writer: Writer, value: object & Iterable<unknown>, depth: number): string {
  const list = Array.isArray(value) || isTypedArray(value) ? value : [...value];
  const parts: string[] = [];
  for (let index = 0; index < list.length; index++) parts.push(write(writer, list[index], depth + 1));
  return enclose(writer, '[', parts, ']', depth);
}

function writeMap(writer: Writer, value: object, depth: number): string {
  const colon = writer.indent === '' ? ':' : ': ';
  const parts: string[] = [];
  for (const [key, field] of entriesOf(value)) {
    if (typeof field === 'function' || typeof field === 'symbol') continue;
    spendBuilding(writer.frame, key.length);
    parts.push(`${JSON.stringify(key)}${colon}${write(writer, field, depth + 1)}`);
  }
  return enclose(writer, '{', parts, '}', depth);
}

function enclose(writer: Writer, open: string, parts: readonly string[], close: string, depth: number): string {
  if (parts.length === 0 || writer.indent === '') return `${open}${parts.join(',')}${close}`;
  spendBuilding(writer.frame, parts.length * writer.indent.length * (depth + 1));
  const outer = `\n${writer.indent.repeat(depth)}`;
  return `${open}${outer}${writer.indent}${parts.join(`,${outer}${writer.indent}`)}${outer}${close}`;
}
