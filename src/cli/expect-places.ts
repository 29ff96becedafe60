import { expectPlace, type Place } from '../dispatch/auto-nodes.js';
import type { NodeAST } from '../types/ast.js';
import { streamedSources, topLevelNodes, walkNodes } from '../validation/index.js';
import type { Workflow } from '../workflow.js';

/**
 * Where mode `auto` starts the work of each top-level node, by id, while nothing of it is measured: a block that holds any work for
 * a worker counts as `worker`. A file whose rows go straight to a block is read on the main thread.
 */
export function expectPlaces(flow: Workflow): ReadonlyMap<string, Place> {
  const streamed = streamedSources(flow);
  const tops = topLevelNodes(flow.ast.nodes);
  return new Map(tops.map(({ node }) => [node.id, streamed.has(node.id) ? 'main' : placeOf([node])]));
}

/** The same for nodes that run as one task, or for a block. */
export function placeOf(nodes: readonly NodeAST[]): Place {
  const needsWorker = [...walkNodes(nodes)].some((node) => node.kind === 'work' && expectPlace([node]) !== 'main-first');
  return needsWorker ? 'worker' : 'main';
}
