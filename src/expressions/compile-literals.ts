import type { ASTNode } from '@marcbachmann/cel-js';
import type { Compiled, NodeOf, Run, Scope } from './compiled.js';
import { typeFault } from './compiled.js';
import { Duration, Optional } from './exotic.js';
import { type Frame, fault, spend } from './frame.js';
import { kindOf, nameKind, type StaticKind } from './kinds.js';
import { isNumber } from './numbers.js';
import { syntaxFault } from './syntax.js';

/** A number, string, bytes, true, false or null as written. */
export function compileLiteral(node: NodeOf<'value'>): Compiled {
  const value = literalValue(node);
  if (value instanceof Uint8Array) return { run: () => value.slice(), kind: 'bytes', cost: 1 + value.length };
  return { run: () => value, kind: kindOf(value), cost: 1 };
}

function literalValue(node: NodeOf<'value'>): unknown {
  const literal: unknown = node.args;
  if (literal instanceof Uint8Array) return Uint8Array.from(literal);
  if (typeof literal === 'bigint') return plainNumber(node, literal);
  // The parser wraps unsigned integers (3u) in an object of its own.
  return typeof literal === 'object' && literal !== null ? plainNumber(node, BigInt(String(literal))) : literal;
}

function plainNumber(node: ASTNode, digits: bigint): number {
  const number = Number(digits);
  if (BigInt(number) === digits) return number;
  throw syntaxFault(
    node.start,
    `${digits} cannot be held exactly by a number`,
    `Write it as text, or as ${digits}.0 to have it rounded.`,
  );
}

/** Puts a value into a container, noting when the container must be made plain before it leaves. */
export function store(frame: Frame, value: unknown): unknown {
  if (value instanceof Optional || value instanceof Duration) frame.holdsExotic = true;
  return value;
}

/** `[a, b]` */
export function compileList(node: NodeOf<'list'>, scope: Scope): Compiled {
  const elements = node.args.map((element) => scope.compile(element, scope));
  const runs = elements.map((element) => element.run);
  return { run: (frame) => runs.map((run) => store(frame, run(frame))), kind: 'list', cost: costOf(elements) };
}

function costOf(parts: readonly Compiled[]): number {
  return parts.reduce((sum, part) => sum + part.cost, 1);
}

interface Entry {
  readonly key: Run;
  readonly value: Run;
  readonly at: number;
}

const keyKinds: readonly StaticKind[] = ['string', 'number', 'bool', 'any'];

/** `{"key": value}`. Gives a plain object: numbers and booleans as keys become text. */
export function compileMap(node: NodeOf<'map'>, scope: Scope): Compiled {
  const parts: Compiled[] = [];
  const entries = node.args.map(([keyNode, valueNode]): Entry => {
    const key = scope.compile(keyNode, scope);
    const value = scope.compile(valueNode, scope);
    if (!keyKinds.includes(key.kind)) throw typeFault(keyNode, `a key must be text or a number, not ${nameKind(key.kind)}`);
    parts.push(key, value);
    return { key: key.run, value: value.run, at: keyNode.start };
  });
  return { run: (frame) => buildMap(frame, entries), kind: 'map', cost: costOf(parts) };
}

function buildMap(frame: Frame, entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  const map: Record<string, unknown> = {};
  for (const entry of entries) {
    const key = keyText(frame, entry);
    const value = store(frame, entry.value(frame));
    frame.at = entry.at;
    if (Object.hasOwn(map, key)) throw fault(frame, `the key "${key}" is given twice`);
    define(map, key, value);
  }
  return map;
}

function keyText(frame: Frame, entry: Entry): string {
  const key = entry.key(frame);
  if (typeof key === 'string') return key;
  if (isNumber(key) || typeof key === 'boolean') return String(key);
  frame.at = entry.at;
  throw fault(frame, `a key must be text or a number, not ${nameKind(kindOf(key))}`);
}

/** Sets an own field. Assigning `__proto__` would change the prototype instead. */
function define(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The value as it may leave an evaluation: an optional gives what it holds or null, a duration its text, `undefined` null.
 * Containers are copied only when one of them holds such a thing.
 */
export function leave(frame: Frame, value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Duration) return value.toText();
  if (value instanceof Optional) return leave(frame, value.value);
  return frame.holdsExotic ? plain(frame, value) : value;
}

/** Holes are skipped at no cost of steps, and there may be four billion of them. */
function plainList(frame: Frame, list: readonly unknown[]): readonly unknown[] {
  spend(frame, list.length);
  return list.map((element) => plain(frame, element));
}

function plain(frame: Frame, value: unknown): unknown {
  spend(frame, 1);
  if (value instanceof Duration) return value.toText();
  if (value instanceof Optional) return plain(frame, value.value ?? null);
  if (Array.isArray(value)) return plainList(frame, value);
  if (kindOf(value) !== 'map' || value instanceof Map) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value as object)) define(copy, key, plain(frame, field));
  return copy;
}
