import { type Plan, planWidth } from '../scheduler/index.js';
import type { NodeAST, WorkflowAST } from '../types/ast.js';
import { bodiesOf, topLevelNodes } from './bodies.js';

const unlimited = Number.POSITIVE_INFINITY;

/** How many tasks a flow can have at work at one time, at most, where nothing outside limits it: `Infinity` if the length of a list says that. */
export function flowWidth({ ast, plan }: { readonly ast: WorkflowAST; readonly plan: Plan }): number {
  const tops = topLevelNodes(ast.nodes).map(({ node }) => widthOf(node));
  return Math.max(planWidth(plan.dag, tops), bodyWidth(ast.onError ?? []), bodyWidth(ast.finally ?? []));
}

function widthOf(node: NodeAST): number {
  // A fallback runs when all else of its node has ended.
  return Math.max(ownWidth(node), bodyWidth(node.fallback ?? []));
}

function ownWidth(node: NodeAST): number {
  const own = bodiesOf(node).filter(({ kind }) => kind !== 'fallback');
  const bodies = own.map(({ nodes }) => bodyWidth(nodes));
  const widest = bodies.reduce(larger, 1);
  switch (node.kind) {
    case 'foreach':
      return widest * (node.maxConcurrency ?? unlimited);
    case 'parallel':
      return Math.min(bodies.reduce(sum, 0), widest * (node.maxConcurrency ?? unlimited));
    default:
      return widest;
  }
}

/** Its nodes run one after another. */
function bodyWidth(nodes: readonly NodeAST[]): number {
  return nodes.map(widthOf).reduce(larger, 1);
}

function larger(one: number, other: number): number {
  return Math.max(one, other);
}

function sum(one: number, other: number): number {
  return one + other;
}
