import type { ASTNode, ASTOperator } from '@marcbachmann/cel-js';
import { Fault, type Frame } from './frame.js';
import type { StaticKind } from './kinds.js';

export type Run = (frame: Frame) => unknown;

/** One node of an expression, ready to run. */
export interface Compiled {
  readonly run: Run;
  /** What it gives, as far as is known before it runs. */
  readonly kind: StaticKind;
  /** Steps of one run, macro loops inside it not counted: they pay for themselves. */
  readonly cost: number;
}

/** A node of the parser's tree with a given operator. */
export type NodeOf<K extends ASTOperator> = Extract<ASTNode, { readonly op: K }>;

/** One that takes a field or an element of something. */
export type Access = NodeOf<'.' | '.?' | '[]' | '[?]'>;

export function isAccess(node: ASTNode): node is Access {
  return node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
}

interface Variable {
  readonly slot: number;
  readonly kind: StaticKind;
}

/** What a node is compiled within. */
export interface Scope {
  readonly text: string;
  /** Variables that macros around the node bind. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly depth: number;
  /** How many slots a frame needs; grows while compiling. */
  readonly slots: { count: number };
  /** What makes parts of it impossible; what is around them is looked at all the same. */
  readonly faults: Fault[];
  compile(node: ASTNode, scope: Scope): Compiled;
}

const LABEL_LENGTH = 60;

/** A node as the author wrote it, shortened, for messages. */
export function labelOf(node: ASTNode, scope: Scope): string {
  const text = scope.text.slice(node.start, node.end).replace(/\s+/g, ' ');
  return text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH)}…` : text;
}

/** A fault found before anything runs: the expression can never be evaluated. */
export function typeFault(node: ASTNode, message: string, hint?: string): Fault {
  return new Fault(node.start, () => ({ message, hint }), 'FLOW_EXPRESSION_TYPE');
}

/** The scope inside a macro that binds `name`, and the slot its values go to. */
export function bind(scope: Scope, name: string, kind: StaticKind): { readonly inner: Scope; readonly slot: number } {
  const slot = scope.slots.count;
  scope.slots.count += 1;
  const variables = new Map(scope.variables).set(name, { slot, kind });
  return { inner: { ...scope, variables }, slot };
}
