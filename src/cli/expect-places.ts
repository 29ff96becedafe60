import { expectPlace, type Place } from '../dispatch/auto-nodes.js';
import type { FileFormat } from '../runtimes/formats/format.js';
import { surelyHasRows } from '../runtimes/source/file-rows.js';
import type { NodeAST } from '../types/ast.js';
import type { TemplateSource } from '../types/source.js';
import { streamReader, topLevelNodes, walkNodes } from '../validation/index.js';
import type { Workflow } from '../workflow.js';

/**
 * Where mode `auto` starts the work of each top-level node, by id, while nothing of it is measured: a block that holds any work for
 * a worker counts as `worker`. A file whose rows go straight to a block is read on the main thread.
 */
export function expectPlaces({ ast, analysis, plan }: Workflow): ReadonlyMap<string, Place> {
  const tops = topLevelNodes(ast.nodes);
  const isStreamed = (node: NodeAST, index: number): boolean =>
    givesRows(node) && streamReader({ ast, analysis, plan, tops }, index) !== undefined;
  return new Map(tops.map(({ node }, index) => [node.id, isStreamed(node, index) ? 'main' : placeOf(node)]));
}

function givesRows(node: NodeAST): boolean {
  if (node.kind !== 'work' || node.type !== 'source:file') return false;
  const { path, format } = node.settings;
  return surelyHasRows((path as TemplateSource).source.text, format as FileFormat | undefined);
}

function placeOf(top: NodeAST): Place {
  const all = [...walkNodes([top])];
  const needsWorker = all.some((node) => node.kind === 'work' && expectPlace([node]) !== 'main-first');
  return needsWorker ? 'worker' : 'main';
}
