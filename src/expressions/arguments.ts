import type { ASTNode } from '@marcbachmann/cel-js';
import { type Compiled, labelOf, type Scope, typeFault } from './compiled.js';
import { toArray } from './elements.js';
import { type Fault, type Frame, fault } from './frame.js';
import type { FunctionSpec, Parameter } from './functions/define.js';
import { type Kind, kindOf, nameKind, type StaticKind } from './kinds.js';

/**
 * Checks how many arguments a call has, and their kinds as far as they are known.
 *
 * @throws a `FLOW_EXPRESSION_TYPE` fault
 */
export function checkArguments(
  node: ASTNode,
  spec: FunctionSpec,
  nodes: readonly ASTNode[],
  parts: readonly Compiled[],
  scope: Scope,
): void {
  const most = spec.isVariadic ? Number.POSITIVE_INFINITY : spec.parameters.length;
  if (nodes.length < spec.required || nodes.length > most) {
    throw typeFault(node, `${spec.name}() takes ${countText(spec)}, not ${argumentCount(spec, nodes.length)}`);
  }
  parts.forEach((part, index) => {
    const argument = nodes[index];
    const parameter = parameterAt(spec, index);
    if (argument === undefined || fits(parameter, part.kind)) return;
    const message = `${takes(spec, index, parameter)}; ${labelOf(argument, scope)} is ${nameKind(part.kind)}`;
    throw typeFault(argument, message, kindHint(spec, part.kind));
  });
}

/** Whether a kind may go into a parameter; a parameter that lists none takes all. */
function fits(parameter: Parameter, kind: StaticKind): boolean {
  return kind === 'any' || parameter.accepts.length === 0 || parameter.accepts.includes(kind);
}

function parameterAt(spec: FunctionSpec, index: number): Parameter {
  return spec.parameters[Math.min(index, spec.parameters.length - 1)] as Parameter;
}

/** How many arguments stand between the parentheses, a method's receiver not counted. */
function argumentCount(spec: FunctionSpec, given: number): number {
  return spec.style === 'method' ? given - 1 : given;
}

function countText(spec: FunctionSpec): string {
  const least = argumentCount(spec, spec.required);
  const most = argumentCount(spec, spec.parameters.length);
  if (spec.isVariadic) return `at least ${least === 1 ? '1 argument' : `${least} arguments`}`;
  const range = least === most ? String(least) : `${least} to ${most}`;
  return range === '1' ? '1 argument' : `${range} arguments`;
}

function takes(spec: FunctionSpec, index: number, parameter: Parameter): string {
  if (spec.style === 'method' && index === 0) return `${spec.name}() is called on ${parameter.label}`;
  return `${spec.name}() takes ${parameter.label} as its ${orderWord(spec, index)}`;
}

/** Which argument, as a message says it. */
export function orderWord(spec: FunctionSpec, index: number): string {
  const place = spec.style === 'method' ? index : index + 1;
  return `${['receiver', 'first', 'second', 'third'][place] ?? 'next'}${place === 0 ? '' : ' argument'}`;
}

function kindHint(spec: FunctionSpec, kind: StaticKind): string | undefined {
  if (kind === 'optional') return 'Take the value out with orValue(default).';
  if (kind === 'null') return 'Ask first whether the value is null, or use .? and orValue.';
  if (spec.name === 'contains') return 'For an element of a list write x in list.';
  return spec.parameters[0]?.kind === 'optional' ? 'An optional comes from a.?field or list[?0].' : undefined;
}

/** The argument as the function gets it: checked, BigInts made numbers and lists plain arrays where it wants those. */
export function checkArgument(frame: Frame, spec: FunctionSpec, index: number, value: unknown): unknown {
  const parameter = parameterAt(spec, index);
  if (parameter.accepts.length === 0) return value;
  const kind = kindOf(value);
  if (!parameter.accepts.includes(kind)) throw refuse(frame, spec, index, kind);
  switch (parameter.kind) {
    case 'number':
      return Number(value);
    case 'whole':
      return wholeNumber(frame, spec, index, Number(value));
    case 'list':
      return toArray(frame, value);
    case 'text or list':
      return typeof value === 'string' ? value : toArray(frame, value);
    default:
      return value;
  }
}

function wholeNumber(frame: Frame, spec: FunctionSpec, index: number, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw fault(frame, `${takes(spec, index, parameterAt(spec, index))}, not ${value}`, 'Round it with math.floor or math.round.');
}

function refuse(frame: Frame, spec: FunctionSpec, index: number, kind: Kind): Fault {
  return fault(frame, `${takes(spec, index, parameterAt(spec, index))}, not ${nameKind(kind)}`, kindHint(spec, kind));
}
