import type { ASTNode } from '@marcbachmann/cel-js';
import type { Compiled, NodeOf, Scope } from './compiled.js';
import { typeTest } from './functions/conversions.js';

/** The parts of `type(x) == string` and `string != type(x)`; `undefined` for every other comparison. */
export function typeTestParts(
  node: NodeOf<'==' | '!='>,
  isBound: (name: string) => boolean,
): { readonly value: ASTNode; readonly type: string } | undefined {
  const [left, right] = node.args;
  return pair(left, right, isBound) ?? pair(right, left, isBound);
}

function pair(call: ASTNode, name: ASTNode, isBound: (name: string) => boolean) {
  if (call.op !== 'call' || call.args[0] !== 'type' || name.op !== 'id') return undefined;
  const value = call.args[1][0];
  if (value === undefined || call.args[1].length !== 1 || isBound(name.args) || typeTest(name.args) === undefined)
    return undefined;
  return { value, type: name.args };
}

/** `type(x) == string`. The name is no reference: elsewhere a node may be called `list` or `string`. */
export function compileTypeTest(node: NodeOf<'==' | '!='>, scope: Scope): Compiled | undefined {
  const parts = typeTestParts(node, (name) => scope.variables.has(name));
  const test = parts === undefined ? undefined : typeTest(parts.type);
  if (parts === undefined || test === undefined) return undefined;
  const value = scope.compile(parts.value, scope);
  const wanted = node.op === '==';
  return { run: (frame) => test(value.run(frame)) === wanted, kind: 'bool', cost: value.cost + 1 };
}
