import { expectPlace, type Place } from '../dispatch/auto-nodes.js';
import type { NodeAST } from '../types/ast.js';
import { topLevelNodes, walkNodes } from '../validation/index.js';
import type { Workflow } from '../workflow.js';

/**
 * Where mode `auto` starts the work of each top-level node, by id, while nothing of it is measured: a block that holds any work for
 * a worker counts as `worker`.
 */
export function expectPlaces({ ast }: Workflow): ReadonlyMap<string, Place> {
  return new Map(topLevelNodes(ast.nodes).map(({ node }) => [node.id, placeOf(node)]));
}

function placeOf(top: NodeAST): Place {
  const all = [...walkNodes([top])];
  const needsWorker = all.some((node) => node.kind === 'work' && expectPlace([node]) !== 'main-first');
  return needsWorker ? 'worker' : 'main';
}
