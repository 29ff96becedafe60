import type { ASTNode } from '@marcbachmann/cel-js';
import type { NodeOf } from './compiled.js';
import type { FunctionSpec } from './functions/define.js';
import { functions, isNamespace } from './functions/table.js';

/** Which function a call means, and what it is given. */
export interface CallSite {
  /** `size`, `math.least`; for a method just its name. */
  readonly name: string;
  readonly spec: FunctionSpec | undefined;
  /** The receiver of a method first. */
  readonly arguments: readonly ASTNode[];
  /** Whether the name was written after a dot, a namespace's dot not counted. */
  readonly isMethod: boolean;
}

/** Resolves a call. `math.least(…)` is a function of a namespace unless a macro binds `math`. */
export function callSite(node: NodeOf<'call' | 'rcall'>, isBound: (name: string) => boolean): CallSite {
  if (node.op === 'call') {
    const [name, parts] = node.args;
    return { name, spec: specFor(name, 'function'), arguments: parts, isMethod: false };
  }
  const [name, receiver, parts] = node.args;
  const own =
    receiver.op === 'id' && isNamespace(receiver.args) && !isBound(receiver.args) ? `${receiver.args}.${name}` : undefined;
  const method = specFor(name, 'method');
  if (own !== undefined && (functions.has(own) || method === undefined)) {
    return { name: own, spec: specFor(own, 'function'), arguments: parts, isMethod: false };
  }
  return { name, spec: method, arguments: [receiver, ...parts], isMethod: true };
}

function specFor(name: string, style: 'function' | 'method'): FunctionSpec | undefined {
  const spec = functions.get(name);
  return spec !== undefined && (spec.style === style || spec.style === 'either') ? spec : undefined;
}
