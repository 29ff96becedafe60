import type { ASTNode } from '@marcbachmann/cel-js';
import { compileField, compileIndex, compileName, compileOptionalField, compileOptionalIndex } from './compile-access.js';
import { compileCall } from './compile-calls.js';
import { compileList, compileLiteral, compileMap } from './compile-literals.js';
import { compileChoice, compileLogic, compileNot } from './compile-logic.js';
import { compileMacro } from './compile-macros.js';
import { compileArithmetic, compileEquality, compileIn, compileMinus, compileOrdering } from './compile-operators.js';
import { compileTypeTest } from './compile-type-test.js';
import type { Compiled, Scope } from './compiled.js';
import { Fault } from './frame.js';
import { syntaxFault } from './syntax.js';

/** How deep a tree may be; keeps every run far from the end of a worker's stack. */
const MAX_DEPTH = 400;

/** More of one expression are told of by then. */
const MOST_FAULTS = 100;

interface CompiledTree extends Compiled {
  readonly slotCount: number;
  /** With any it cannot be run. In written order. */
  readonly faults: readonly Fault[];
}

/** Stands for a part that can never be evaluated. */
const impossible: Compiled = { run: () => undefined, kind: 'any', cost: 1 };

/** Turns a syntax tree into a function over a frame, and checks what can be known before it runs. */
export function compileTree(tree: ASTNode, text: string): CompiledTree {
  const slots = { count: 0 };
  const faults: Fault[] = [];
  const compiled = compile(tree, { text, variables: new Map(), depth: 0, slots, faults, compile });
  return { ...compiled, slotCount: slots.count, faults: faults.sort((a, b) => a.at - b.at) };
}

function compile(node: ASTNode, outer: Scope): Compiled {
  if (outer.depth >= MAX_DEPTH) {
    throw syntaxFault(
      node.start,
      `the expression is nested more than ${MAX_DEPTH} levels deep`,
      'Compute a part of it in a node of its own.',
    );
  }
  try {
    return compileNode(node, { ...outer, depth: outer.depth + 1 });
  } catch (error) {
    const isKept = error instanceof Fault && error.code === 'FLOW_EXPRESSION_TYPE' && outer.faults.length < MOST_FAULTS;
    if (!isKept) throw error;
    outer.faults.push(error);
    return impossible;
  }
}

function compileNode(node: ASTNode, scope: Scope): Compiled {
  switch (node.op) {
    case 'value':
      return compileLiteral(node);
    case 'id':
      return compileName(node, scope);
    case '.':
      return compileField(node, scope);
    case '[]':
      return compileIndex(node, scope);
    case '.?':
      return compileOptionalField(node, scope);
    case '[?]':
      return compileOptionalIndex(node, scope);
    case 'call':
    case 'rcall':
      return compileMacro(node, scope) ?? compileCall(node, scope);
    case 'list':
      return compileList(node, scope);
    case 'map':
      return compileMap(node, scope);
    default:
      return compileOperator(node, scope);
  }
}

function compileOperator(node: ASTNode, scope: Scope): Compiled {
  switch (node.op) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compileArithmetic(node, scope);
    case '==':
    case '!=':
      return compileTypeTest(node, scope) ?? compileEquality(node, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrdering(node, scope);
    case 'in':
      return compileIn(node, scope);
    case '&&':
    case '||':
      return compileLogic(node, scope);
    case '?:':
      return compileChoice(node, scope);
    case '!_':
      return compileNot(node, scope);
    case '-_':
      return compileMinus(node, scope);
    default:
      throw syntaxFault(node.start, `${node.op} is not supported`);
  }
}
