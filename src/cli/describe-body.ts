import { terminalText } from '../errors/terminal-text.js';
import type { ForeachNode, NodeAST, ParallelNode } from '../types/ast.js';
import type { ExpressionSource } from '../types/source.js';
import type { Body } from '../validation/index.js';

/** What makes the body at this place of a node run, in words of the language. */
export function titleOfBody(node: NodeAST, kind: Body['kind'], at: number): string {
  if (kind === 'fallback') return 'fallback';
  switch (node.kind) {
    case 'parallel': {
      const { name, when } = node.branchConfigs[at] ?? {};
      return `branch ${at}${name === undefined ? '' : ` (${terminalText(name)})`}${when === undefined ? '' : `, when ${written(when)}`}`;
    }
    case 'foreach':
      return `for each ${node.item} of ${written(node.items)}`;
    case 'if':
      return kind === 'then' ? `if ${written(node.condition)}` : 'else';
    case 'branch':
      return kind === 'otherwise' ? 'otherwise' : `when ${written(node.matches[at]?.when)}`;
    case 'loop':
      return `at most ${node.maxIterations} times`;
    case 'while':
      return `while ${written(node.condition)}, at most ${node.maxIterations} times`;
    case 'phase':
      return `phase ${terminalText(node.name)}`;
    case 'work':
    case 'break':
      return kind;
  }
}

/** How many units of a block run at one time and what ends it, as far as the flow says so. */
export function describeBlock(node: NodeAST): string | undefined {
  if (node.kind !== 'parallel' && node.kind !== 'foreach') return undefined;
  const { maxConcurrency, onError } = node;
  const limits = [
    node.kind === 'parallel' && `${node.branches.length} ${node.branches.length === 1 ? 'branch' : 'branches'}`,
    maxConcurrency !== undefined && `${maxConcurrency} at one time`,
    joinOf(node),
    onError !== 'fail-fast' && `onError ${onError}`,
  ].filter(Boolean);
  return limits.length === 0 ? undefined : limits.join(', ');
}

function joinOf({ join }: ParallelNode | ForeachNode): string | undefined {
  if (join.kind === 'all') return undefined;
  return join.kind === 'any' ? 'join any' : `join ${join.amount}${join.unit === 'percent' ? '%' : ''}`;
}

/** Of an expression in a line with other things. */
const longestExpression = 60;

function written(expression: ExpressionSource | undefined): string {
  const text = terminalText((expression?.source.text ?? '').replace(/\s+/g, ' ').trim());
  return text.length > longestExpression ? `${text.slice(0, longestExpression)}…` : text;
}
