import type { ASTNode } from '@marcbachmann/cel-js';
import { type Compiled, labelOf, type NodeOf, type Run, type Scope, typeFault } from './compiled.js';
import { Fault, type Frame, fault, spend } from './frame.js';
import { kindOf, nameKind, type StaticKind } from './kinds.js';

/** `&& ||`: one side that decides is enough, even where the other fails. */
export function compileLogic(node: NodeOf<'&&' | '||'>, scope: Scope): Compiled {
  const left = scope.compile(node.args[0], scope);
  const right = scope.compile(node.args[1], scope);
  const deciding = node.op === '||';
  const leftRun = asBool(node.args[0], left, scope, `"${node.op}" joins`);
  const rightRun = asBool(node.args[1], right, scope, `"${node.op}" joins`);
  const run: Run = (frame) => {
    const first = attempt(frame, leftRun);
    if (first === deciding) return deciding;
    const second = rightRun(frame);
    if (second === deciding || typeof first === 'boolean') return second;
    throw first;
  };
  return { run, kind: 'bool', cost: left.cost + right.cost + 1 };
}

// A throw and its catch take as long as some tens of plain operations.
const FAILURE_STEPS = 30;

/** The outcome of a condition, or its failure where another operand may still outvote that: not when the budget is spent. */
export function attempt(frame: Frame, holds: (frame: Frame) => boolean): boolean | Fault {
  try {
    return holds(frame);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'FLOW_EXPRESSION_FAILED') throw error;
    spend(frame, FAILURE_STEPS);
    return error;
  }
}

/** A run whose value is checked to be true or false. `purpose` begins the message: `"&&" joins`, `filter() needs`. */
export function asBool(node: ASTNode, part: Compiled, scope: Scope, purpose: string): (frame: Frame) => boolean {
  const label = labelOf(node, scope);
  const message = (kind: StaticKind) => `${purpose} true or false, and ${label} is ${nameKind(kind)}`;
  const hint = `Compare, as in ${label} != null or size(${label}) > 0.`;
  if (part.kind !== 'bool' && part.kind !== 'any') throw typeFault(node, message(part.kind), hint);
  return (frame) => {
    const value = part.run(frame);
    if (typeof value === 'boolean') return value;
    frame.at = node.start;
    throw fault(frame, message(kindOf(value)), hint);
  };
}

/** `condition ? then : otherwise` */
export function compileChoice(node: NodeOf<'?:'>, scope: Scope): Compiled {
  const [conditionNode, thenNode, otherwiseNode] = node.args;
  const condition = scope.compile(conditionNode, scope);
  const then = scope.compile(thenNode, scope);
  const otherwise = scope.compile(otherwiseNode, scope);
  const holds = asBool(conditionNode, condition, scope, '"?" asks for');
  return {
    run: (frame) => (holds(frame) ? then.run(frame) : otherwise.run(frame)),
    kind: then.kind === otherwise.kind ? then.kind : 'any',
    cost: condition.cost + then.cost + otherwise.cost + 1,
  };
}

/** `!value` */
export function compileNot(node: NodeOf<'!_'>, scope: Scope): Compiled {
  const part = scope.compile(node.args, scope);
  const holds = asBool(node.args, part, scope, '"!" turns round');
  return { run: (frame) => !holds(frame), kind: 'bool', cost: part.cost + 1 };
}
