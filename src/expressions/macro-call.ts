import type { ASTNode } from '@marcbachmann/cel-js';
import type { NodeOf } from './compiled.js';

/** A call that binds a variable or looks at its argument unevaluated. */
type AnyMacroCall =
  | { readonly kind: 'has'; readonly argument: ASTNode }
  | { readonly kind: 'bind'; readonly variable: string; readonly value: ASTNode; readonly body: ASTNode }
  | LoopCall
  | {
      readonly kind: 'optional';
      readonly name: 'optMap' | 'optFlatMap';
      readonly receiver: ASTNode;
      readonly variable: string;
      readonly body: ASTNode;
    };

interface LoopCall {
  readonly kind: 'loop';
  readonly name: LoopName;
  readonly receiver: ASTNode;
  readonly variable: string;
  /** `map` may have two: a condition and what to make of an element. */
  readonly bodies: readonly ASTNode[];
}

type LoopName = (typeof loopNames)[number];

export type MacroCall<K extends AnyMacroCall['kind']> = Extract<AnyMacroCall, { readonly kind: K }>;

const loopNames = ['map', 'filter', 'all', 'exists', 'exists_one', 'existsOne', 'sortBy'] as const;

/** Names of all macros, for suggestions. */
export const macroNames: readonly string[] = [...loopNames, 'has', 'cel.bind', 'optMap', 'optFlatMap'];

/** The parts of a macro call; `undefined` for any other call. */
export function macroCall(node: NodeOf<'call' | 'rcall'>): AnyMacroCall | undefined {
  if (node.op === 'call') return hasCall(node);
  const [name, receiver, parts] = node.args;
  const [first, second, third] = parts;
  if (first?.op !== 'id' || second === undefined) return undefined;
  const variable = first.args;
  if (name === 'bind' && third !== undefined && isName(receiver, 'cel'))
    return { kind: 'bind', variable, value: second, body: third };
  if (name === 'map' && parts.length === 3 && third !== undefined) {
    return { kind: 'loop', name, receiver, variable, bodies: [second, third] };
  }
  if (parts.length !== 2) return undefined;
  if (isLoopName(name)) return { kind: 'loop', name, receiver, variable, bodies: [second] };
  if (name === 'optMap' || name === 'optFlatMap') return { kind: 'optional', name, receiver, variable, body: second };
  return undefined;
}

function hasCall(node: NodeOf<'call'>): AnyMacroCall | undefined {
  const [name, [argument, ...more]] = node.args;
  return name === 'has' && argument !== undefined && more.length === 0 ? { kind: 'has', argument } : undefined;
}

function isLoopName(name: string): name is LoopName {
  return (loopNames as readonly string[]).includes(name);
}

/** Whether a node is this bare name. */
function isName(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name;
}
