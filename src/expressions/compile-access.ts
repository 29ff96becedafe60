import type { ASTNode } from '@marcbachmann/cel-js';
import { missingField, missingIndex, readField, readIndex, readOptional } from './access.js';
import { type Compiled, isAccess, labelOf, type NodeOf, type Run, type Scope, typeFault } from './compiled.js';
import { Optional } from './exotic.js';
import { fault } from './frame.js';
import { nameKind, type StaticKind } from './kinds.js';

const withFields: readonly StaticKind[] = ['map', 'optional', 'null', 'any', 'other'];
const withIndexes: readonly StaticKind[] = ['list', 'bytes', ...withFields];

/** A bare name: a macro variable, or what the lookup knows. */
export function compileName(node: NodeOf<'id'>, scope: Scope): Compiled {
  const name = node.args;
  const variable = scope.variables.get(name);
  if (variable !== undefined) return { run: (frame) => frame.slots[variable.slot], kind: variable.kind, cost: 1 };
  const at = node.start;
  const run: Run = (frame) => {
    frame.at = at;
    const value = frame.lookup(name);
    if (value !== undefined && typeof value !== 'function' && typeof value !== 'symbol') return value;
    throw fault(frame, `there is no value named "${name}" here`);
  };
  return { run, kind: 'any', cost: 1 };
}

/** `base.field` */
export function compileField(node: NodeOf<'.'>, scope: Scope): Compiled {
  const [baseNode, name] = node.args;
  const base = scope.compile(baseNode, scope);
  const label = labelOf(baseNode, scope);
  const at = node.pos;
  assertKind(
    node,
    base.kind,
    withFields,
    `${label} is ${nameKind(base.kind)} and has no field "${name}"`,
    fieldHint(name, label),
  );
  const run: Run = (frame) => {
    const value = base.run(frame);
    const field = readField(value, name);
    if (field !== undefined) return field;
    frame.at = at;
    if (value instanceof Optional) return readOptional(value, (present) => readField(present, name));
    throw missingField(frame, value, name, label);
  };
  return { run, kind: base.kind === 'optional' ? 'optional' : 'any', cost: base.cost + 1 };
}

function fieldHint(name: string, label: string): string | undefined {
  return name === 'length' || name === 'size' ? `Write size(${label}).` : undefined;
}

/** `base[key]` */
export function compileIndex(node: NodeOf<'[]'>, scope: Scope): Compiled {
  const [baseNode, keyNode] = node.args;
  const base = scope.compile(baseNode, scope);
  const key = scope.compile(keyNode, scope);
  const label = labelOf(baseNode, scope);
  const at = keyNode.start;
  assertKind(
    node,
    base.kind,
    withIndexes,
    `${label} is ${nameKind(base.kind)} and cannot be indexed with [ ]`,
    indexHint(base.kind, label),
  );
  const run: Run = (frame) => {
    const value = base.run(frame);
    const position = key.run(frame);
    const element = readIndex(value, position);
    if (element !== undefined) return element;
    frame.at = at;
    if (value instanceof Optional) return readOptional(value, (present) => readIndex(present, position));
    throw missingIndex(frame, value, position, label);
  };
  return { run, kind: base.kind === 'optional' ? 'optional' : 'any', cost: base.cost + key.cost + 1 };
}

function indexHint(kind: StaticKind, label: string): string | undefined {
  return kind === 'string' ? `For a character write ${label}.charAt(0).` : undefined;
}

function assertKind(node: ASTNode, kind: StaticKind, allowed: readonly StaticKind[], message: string, hint?: string): void {
  if (!allowed.includes(kind)) throw typeFault(node, message, hint);
}

/** `base.?field` */
export function compileOptionalField(node: NodeOf<'.?'>, scope: Scope): Compiled {
  const [baseNode, name] = node.args;
  const base = scope.compile(baseNode, scope);
  const run: Run = (frame) => readOptional(base.run(frame), (value) => readField(value, name));
  return { run, kind: 'optional', cost: base.cost + 1 };
}

/** `base[?key]` */
export function compileOptionalIndex(node: NodeOf<'[?]'>, scope: Scope): Compiled {
  const [baseNode, keyNode] = node.args;
  const base = scope.compile(baseNode, scope);
  const key = scope.compile(keyNode, scope);
  const run: Run = (frame) => {
    const value = base.run(frame);
    const position = key.run(frame);
    return readOptional(value, (present) => readIndex(present, position));
  };
  return { run, kind: 'optional', cost: base.cost + key.cost + 1 };
}

/** `has(a.b.c)`: false as soon as one link of the chain is absent or null. */
export function compileHas(node: ASTNode, argument: ASTNode, scope: Scope): Compiled {
  if (!isAccess(argument)) {
    throw typeFault(
      node,
      'has() takes a field, as in has(a.field) or has(map["key"])',
      'For a plain value compare with null: x != null.',
    );
  }
  const part = compilePresence(argument, scope);
  return { run: (frame) => part.run(frame) !== undefined, kind: 'bool', cost: part.cost + 1 };
}

function compilePresence(node: ASTNode, scope: Scope): Compiled {
  if (!isAccess(node)) return scope.compile(node, scope);
  const base = compilePresence(node.args[0], scope);
  if (node.op === '.' || node.op === '.?') {
    const name = node.args[1];
    return { run: (frame) => readField(contentOf(base.run(frame)), name), kind: 'any', cost: base.cost + 1 };
  }
  const key = scope.compile(node.args[1], scope);
  const run: Run = (frame) => readIndex(contentOf(base.run(frame)), key.run(frame));
  return { run, kind: 'any', cost: base.cost + key.cost + 1 };
}

function contentOf(value: unknown): unknown {
  return value instanceof Optional ? value.value : value;
}
