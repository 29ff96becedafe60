import type { ASTNode } from '@marcbachmann/cel-js';
import { callSite } from './call-site.js';
import { typeTestParts } from './compile-type-test.js';
import { type Access, isAccess, type NodeOf } from './compiled.js';
import { macroCall } from './macro-call.js';

/** A place outside itself that an expression reads. */
export interface Read {
  /** The first name: `a` in `a.output.rows`. */
  readonly root: string;
  /** Fields after the root, as far as they are literal: ends at a list position, a computed key or a function. */
  readonly path: readonly string[];
  /** Whether a computed key ended the path, so that any field below it may be read. */
  readonly computed: boolean;
  /** Whether the value is only put into a list, a map, a variable or JSON as it is: nothing is done with it here. */
  readonly isKept: boolean;
  /** Index into the text of the source. */
  readonly at: number;
}

interface Search {
  readonly reads: Read[];
  readonly bound: ReadonlySet<string>;
}

/** Everything a syntax tree reads, in the order it is written. Names in `bound` and macro variables are not reads. */
export function readsOf(tree: ASTNode, bound: readonly string[]): readonly Read[] {
  const reads: Read[] = [];
  visit(tree, { reads, bound: new Set(bound) });
  return reads.sort((left, right) => left.at - right.at);
}

function visit(node: ASTNode, search: Search, isKept = false): void {
  if (isChain(node)) visitChain(node, search, isKept);
  else if (node.op === 'call' || node.op === 'rcall') visitCall(node, search);
  else if (node.op === '?:') visitChoice(node, search, isKept);
  else visitAll(operandsOf(node, search), search, node.op === 'list' || node.op === 'map');
}

function visitChoice({ args: [condition, ...values] }: NodeOf<'?:'>, search: Search, isKept: boolean): void {
  visit(condition, search);
  visitAll(values, search, isKept);
}

function isChain(node: ASTNode): node is Access | NodeOf<'id'> {
  return node.op === 'id' || isAccess(node);
}

function operandsOf(node: Exclude<ASTNode, Access | NodeOf<'id' | 'call' | 'rcall' | '?:'>>, search: Search): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
      return [];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    case '==':
    case '!=': {
      // In `type(x) == string` the name is no reference.
      const test = typeTestParts(node, (name) => search.bound.has(name));
      return test === undefined ? node.args : [test.value];
    }
    default:
      return node.args;
  }
}

function visitAll(nodes: readonly ASTNode[], search: Search, isKept = false): void {
  for (const node of nodes) visit(node, search, isKept);
}

/** A name and the fields after it, outermost access first in `node`. */
function visitChain(node: Access | NodeOf<'id'>, search: Search, isKept: boolean): void {
  const steps: Access[] = [];
  let base: ASTNode = node;
  while (isAccess(base)) {
    steps.unshift(base);
    base = base.args[0];
  }
  for (const step of steps) if (step.op === '[]' || step.op === '[?]') visit(step.args[1], search);
  if (base.op !== 'id') visit(base, search, steps.length > 0);
  else if (!search.bound.has(base.args)) search.reads.push({ root: base.args, ...pathOf(steps), isKept, at: base.start });
}

function pathOf(steps: readonly Access[]): { readonly path: readonly string[]; readonly computed: boolean } {
  const path: string[] = [];
  for (const step of steps) {
    const key = step.args[1];
    if (typeof key === 'string') path.push(key);
    else if (key.op !== 'value') return { path, computed: true };
    else if (typeof key.args === 'string') path.push(key.args);
    else return { path, computed: false };
  }
  return { path, computed: false };
}

function visitCall(node: NodeOf<'call' | 'rcall'>, search: Search): void {
  const macro = macroCall(node);
  if (macro === undefined) {
    const { name, arguments: parts } = callSite(node, (bound) => search.bound.has(bound));
    visitAll(parts, search, name === 'json.stringify');
  } else if (macro.kind === 'has') visit(macro.argument, search);
  else {
    visit(macro.kind === 'bind' ? macro.value : macro.receiver, search, macro.kind === 'bind');
    const inner = { reads: search.reads, bound: new Set(search.bound).add(macro.variable) };
    visitAll(macro.kind === 'loop' ? macro.bodies : [macro.body], inner, macro.kind === 'loop' && macro.name === 'map');
  }
}
