import v8 from 'node:v8';
import type { SourcePosition } from '../types/source.js';
import { FlowError } from './flow-error.js';
import { nestingDepth } from './nesting-depth.js';

/** Anything that was thrown, as plain data. */
export interface WireError {
  /** `flow` becomes a `FlowError` again, `error` a plain `Error`; `value` was thrown without being an error. */
  readonly kind: 'flow' | 'error' | 'value';
  readonly name: string;
  readonly message: string;
  readonly code: string | number | undefined;
  readonly stack: string | undefined;
  readonly cause: WireError | undefined;
  readonly errors: readonly WireError[];
  /** Own enumerable fields that can be copied, serialised: their depth must not break the message they ride in. */
  readonly fields: Uint8Array | undefined;
  readonly hint: string | undefined;
  readonly source: SourcePosition | undefined;
  readonly path: string | undefined;
  readonly nodeId: string | undefined;
  readonly attempt: number | undefined;
}

const causeLimit = 10;
const memberLimit = 100;
/** Deeper fields are dropped: a thread with a smaller stack could not read them, or not pass them on. */
const deepestField = 1_000;
/** Kept apart in a `WireError`, so never among its fields. */
const apart = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors']);

/** What was thrown, as data that can cross a thread: `throw null`, strings, functions, cycles of causes included. Never throws. */
export function encodeError(thrown: unknown): WireError {
  return encodeLink(thrown, []);
}

/** The error a `WireError` stands for: a `FlowError`, an `AggregateError` or an `Error` that keeps its name, code, stack and fields. */
export function decodeError(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : decodeError(wire.cause);
  if (wire.kind === 'flow') return decodeFlowError(wire, cause);
  const options = cause === undefined ? undefined : { cause };
  const members = wire.errors.map(decodeError);
  const error = members.length > 0 ? new AggregateError(members, wire.message, options) : new Error(wire.message, options);
  const code = wire.code === undefined ? {} : { code: wire.code };
  defineAll(error, { ...readFields(wire.fields), ...code });
  Object.defineProperty(error, 'name', { value: wire.name, configurable: true, writable: true });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function decodeFlowError(wire: WireError, cause: Error | undefined): FlowError {
  return new FlowError(String(wire.code), wire.message, {
    cause,
    name: wire.name,
    stack: wire.stack,
    fields: readFields(wire.fields),
    errors: wire.errors.map(decodeError).filter((member): member is FlowError => member instanceof FlowError),
    hint: wire.hint,
    source: wire.source,
    path: wire.path,
    nodeId: wire.nodeId,
    attempt: wire.attempt,
  });
}

/** `above` holds the errors that led here, so that a cycle of causes ends. */
function encodeLink(thrown: unknown, above: readonly unknown[]): WireError {
  if (typeof thrown !== 'object' || thrown === null) return encodeValue(thrown);
  const below = [...above, thrown];
  const follow = (next: unknown): WireError | undefined =>
    next === undefined || below.includes(next) || below.length > causeLimit ? undefined : encodeLink(next, below);
  const isFlow = thrown instanceof FlowError;
  const isError = thrown instanceof Error || typeof readText(thrown, 'stack') === 'string';
  const members = read(thrown, 'errors');
  return {
    kind: isFlow ? 'flow' : isError ? 'error' : 'value',
    name: readText(thrown, 'name') ?? 'Error',
    message: readText(thrown, 'message') ?? (isError ? '' : 'an object was thrown'),
    code: readCode(thrown),
    stack: readText(thrown, 'stack'),
    cause: follow(read(thrown, 'cause')),
    errors: Array.isArray(members) ? members.slice(0, memberLimit).flatMap((member: unknown) => follow(member) ?? []) : [],
    fields: writeFields(isFlow ? thrown.fields : thrown, isFlow ? new Set() : apart),
    ...(isFlow ? whereOf(thrown) : nowhere),
  };
}

const nowhere = { hint: undefined, source: undefined, path: undefined, nodeId: undefined, attempt: undefined };

function whereOf(error: FlowError): Pick<WireError, keyof typeof nowhere> {
  const { hint, source, path, nodeId, attempt } = error;
  return { hint, source, path, nodeId, attempt };
}

function encodeValue(thrown: unknown): WireError {
  const message = typeof thrown === 'string' ? thrown : `${describe(thrown)} was thrown`;
  const none = { code: undefined, stack: undefined, cause: undefined, errors: [], fields: undefined };
  return { kind: 'value', name: 'Error', message, ...none, ...nowhere };
}

function describe(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `a function (${value.name})`;
  return String(value);
}

/** User code may put a getter that throws on its error. */
function read(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    return undefined;
  }
}

function readText(holder: object, key: string): string | undefined {
  const value = read(holder, key);
  return typeof value === 'string' ? value : undefined;
}

function readCode(holder: object): string | number | undefined {
  const code = read(holder, 'code');
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

function writeFields(holder: object, without: ReadonlySet<string>): Uint8Array | undefined {
  const entries = ownKeys(holder)
    .filter((key) => !without.has(key))
    .map((key) => [key, read(holder, key)] as const);
  if (entries.length === 0) return undefined;
  return write(entries) ?? write(entries.filter((entry) => write([entry]) !== undefined));
}

function ownKeys(holder: object): readonly string[] {
  try {
    return Object.keys(holder);
  } catch {
    return [];
  }
}

function write(entries: readonly (readonly [string, unknown])[]): Uint8Array | undefined {
  try {
    if (nestingDepth(entries) > deepestField) return undefined;
    const writer = new v8.Serializer();
    writer.writeHeader();
    writer.writeValue(entries);
    return writer.releaseBuffer();
  } catch {
    return undefined;
  }
}

/** Nested too deep for this thread: the fields are dropped, the error stays. */
function readFields(bytes: Uint8Array | undefined): Record<string, unknown> {
  if (bytes === undefined) return {};
  try {
    const reader = new v8.Deserializer(bytes);
    reader.readHeader();
    return Object.fromEntries(reader.readValue() as [string, unknown][]);
  } catch {
    return {};
  }
}

function defineAll(target: object, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  }
}
