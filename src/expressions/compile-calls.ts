import type { ASTNode } from '@marcbachmann/cel-js';
import { checkArgument, checkArguments, orderWord } from './arguments.js';
import { type CallSite, callSite } from './call-site.js';
import { type Compiled, labelOf, type NodeOf, type Run, type Scope, typeFault } from './compiled.js';
import { type Frame, fault, spend } from './frame.js';
import type { FunctionSpec } from './functions/define.js';
import { matches, readPattern } from './functions/pattern.js';
import { kindOf, nameKind } from './kinds.js';
import { unknownFunction } from './unknown-function.js';

/** A call of a function or method that is no macro. */
export function compileCall(node: NodeOf<'call' | 'rcall'>, scope: Scope): Compiled {
  const site = callSite(node, (name) => scope.variables.has(name));
  const parts = site.arguments.map((argument) => scope.compile(argument, scope));
  if (site.spec === undefined) throw unknownFunction(node, site, scope);
  checkArguments(node, site.spec, site.arguments, parts, scope);
  const literal = site.spec === matches ? literalText(site.arguments[1]) : undefined;
  const run = literal === undefined ? callRun(node, site.spec, parts, site) : matchRun(site, literal, parts, scope);
  return { run, kind: site.spec.returns, cost: parts.reduce((sum, part) => sum + part.cost, 1) };
}

function callRun(node: ASTNode, spec: FunctionSpec, parts: readonly Compiled[], site: CallSite): Run {
  const runs = parts.map((part) => part.run);
  const starts = site.arguments.map((argument) => argument.start);
  return (frame: Frame) => {
    const values = runs.map((run) => run(frame));
    spend(frame, 1);
    for (let index = 0; index < values.length; index++) {
      frame.at = starts[index] ?? node.start;
      values[index] = checkArgument(frame, spec, index, values[index]);
    }
    frame.at = node.pos;
    return spec.run(frame, ...values);
  };
}

function literalText(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** `matches` with a pattern that is there before anything runs: faulty ones are refused with the flow. */
function matchRun(site: CallSite, source: string, parts: readonly Compiled[], scope: Scope): Run {
  const [textNode, patternNode] = site.arguments as readonly [ASTNode, ASTNode];
  const outcome = readPattern(source);
  if (!outcome.ok) throw typeFault(patternNode, outcome.message, outcome.hint);
  const text = (parts[0] as Compiled).run;
  const label = labelOf(textNode, scope);
  return (frame) => {
    const value = text(frame);
    frame.at = textNode.start;
    if (typeof value === 'string') return outcome.pattern.isFoundIn(frame, value);
    throw fault(frame, `matches() takes a string as its ${orderWord(matches, 0)}; ${label} is ${nameKind(kindOf(value))}`);
  };
}
