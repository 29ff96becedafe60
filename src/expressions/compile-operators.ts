import type { ASTNode } from '@marcbachmann/cel-js';
import { readIndex } from './access.js';
import { type Compiled, labelOf, type NodeOf, type Run, type Scope, typeFault } from './compiled.js';
import { elementsOf } from './elements.js';
import { includes, isEqual } from './equality.js';
import { Duration } from './exotic.js';
import { type Frame, fault } from './frame.js';
import { kindOf, nameKind, type StaticKind } from './kinds.js';
import type { ArithmeticSign } from './numbers.js';
import { arithmetic, arithmeticKind, mismatchHint, mismatchMessage } from './operators.js';
import { compare } from './ordering.js';

type Binary = NodeOf<'==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'>;

interface Operands {
  readonly left: Compiled;
  readonly right: Compiled;
  readonly cost: number;
}

function operands(node: Binary | NodeOf<ArithmeticSign>, scope: Scope): Operands {
  const left = scope.compile(node.args[0], scope);
  const right = scope.compile(node.args[1], scope);
  return { left, right, cost: left.cost + right.cost + 1 };
}

/** `+ - * / %` */
export function compileArithmetic(node: NodeOf<ArithmeticSign>, scope: Scope): Compiled {
  const { left, right, cost } = operands(node, scope);
  const sign = node.op;
  const kind = arithmeticKind(sign, left.kind, right.kind);
  if (kind === undefined)
    throw typeFault(node, mismatchMessage(sign, left.kind, right.kind), mismatchHint(left.kind, right.kind));
  return { run: arithmeticRun(node, left.run, right.run), kind, cost };
}

function arithmeticRun(node: NodeOf<ArithmeticSign>, left: Run, right: Run): Run {
  const { op: sign, start: at } = node;
  const general = (frame: Frame, a: unknown, b: unknown) => {
    frame.at = at;
    return arithmetic(frame, sign, a, b);
  };
  if (sign === '/' || sign === '%') return (frame) => general(frame, left(frame), right(frame));
  const quick = quickArithmetic[sign];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    return typeof a === 'number' && typeof b === 'number' ? quick(a, b) : general(frame, a, b);
  };
}

const quickArithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
};

/** `== !=` */
export function compileEquality(node: NodeOf<'==' | '!='>, scope: Scope): Compiled {
  const { left, right, cost } = operands(node, scope);
  assertComparable(node, left.kind, right.kind);
  const wanted = node.op === '==';
  const at = node.start;
  const run: Run = (frame) => {
    const a = left.run(frame);
    const b = right.run(frame);
    if (typeof a === 'number' && typeof b === 'number') return (a === b) === wanted;
    frame.at = at;
    return isEqual(frame, a, b) === wanted;
  };
  return { run, kind: 'bool', cost };
}

function assertComparable(node: ASTNode, left: StaticKind, right: StaticKind): void {
  if (
    left === right ||
    [left, right].some((kind) => kind === 'any' || kind === 'null' || kind === 'bytes' || kind === 'optional')
  )
    return;
  throw typeFault(node, `${nameKind(left)} and ${nameKind(right)} are never equal`, mismatchHint(left, right));
}

const orderable: readonly StaticKind[] = ['number', 'string', 'bool', 'timestamp', 'duration'];

/** `< <= > >=` */
export function compileOrdering(node: NodeOf<'<' | '<=' | '>' | '>='>, scope: Scope): Compiled {
  const { left, right, cost } = operands(node, scope);
  assertOrderable(node, left.kind, right.kind);
  const at = node.start;
  const holds = orderings[node.op];
  const run: Run = (frame) => {
    const a = left.run(frame);
    const b = right.run(frame);
    if (typeof a === 'number' && typeof b === 'number') return holds(a, b);
    frame.at = at;
    return holds(compare(frame, a, b), 0);
  };
  return { run, kind: 'bool', cost };
}

const orderings = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};

function assertOrderable(node: ASTNode, left: StaticKind, right: StaticKind): void {
  const isFit = (kind: StaticKind) => kind === 'any' || orderable.includes(kind);
  if (isFit(left) && isFit(right) && (left === right || left === 'any' || right === 'any')) return;
  throw typeFault(node, `${nameKind(left)} and ${nameKind(right)} have no order`, mismatchHint(left, right));
}

/** `value in list`, `key in map` */
export function compileIn(node: NodeOf<'in'>, scope: Scope): Compiled {
  const { left, right, cost } = operands(node, scope);
  const label = labelOf(node.args[1], scope);
  const hint = right.kind === 'string' ? `For a part of a text write ${label}.contains(part).` : undefined;
  if (!['list', 'map', 'bytes', 'any'].includes(right.kind)) {
    throw typeFault(node.args[1], `"in" looks into a list or a map, not into ${nameKind(right.kind)}`, hint);
  }
  const run: Run = (frame) => {
    const value = left.run(frame);
    const container = right.run(frame);
    frame.at = node.args[1].start;
    return isIn(frame, value, container, label);
  };
  return { run, kind: 'bool', cost };
}

function isIn(frame: Frame, value: unknown, container: unknown, label: string): boolean {
  const kind = kindOf(container);
  if (kind === 'map') return readIndex(container, value) !== undefined;
  if (container instanceof Set && container.has(value)) return true;
  const elements = elementsOf(frame, container);
  if (elements !== undefined) return includes(frame, elements, value);
  const hint = kind === 'string' ? `For a part of a text write ${label}.contains(part).` : undefined;
  throw fault(frame, `${label} is ${nameKind(kind)}; "in" looks into a list or a map`, hint);
}

/** `-value` */
export function compileMinus(node: NodeOf<'-_'>, scope: Scope): Compiled {
  const part = scope.compile(node.args, scope);
  const label = labelOf(node.args, scope);
  const message = (kind: StaticKind) => `${label} is ${nameKind(kind)}; "-" needs a number or a duration`;
  if (!['number', 'duration', 'any'].includes(part.kind)) throw typeFault(node, message(part.kind));
  const run: Run = (frame) => {
    const value = part.run(frame);
    if (typeof value === 'number' || typeof value === 'bigint') return -value;
    if (value instanceof Duration) return new Duration(-value.milliseconds);
    frame.at = node.start;
    throw fault(frame, message(kindOf(value)));
  };
  return { run, kind: part.kind, cost: part.cost + 1 };
}
