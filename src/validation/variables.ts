import type { NodeAST } from '../types/ast.js';

/** Name of the variable that a `<set>` writes; undefined for every other node. */
export function variableWritten(node: NodeAST): string | undefined {
  if (node.kind !== 'work' || node.type !== 'set') return undefined;
  const { name } = node.settings;
  return typeof name === 'string' ? name : undefined;
}
