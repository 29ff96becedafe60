import type { FileFormat } from '../runtimes/formats/format.js';
import { surelyHasRows } from '../runtimes/source/file-rows.js';
import { neighbours, type Plan } from '../scheduler/index.js';
import type { ForeachNode, NodeAST, WorkflowAST, WorkNode } from '../types/ast.js';
import type { TemplateSource } from '../types/source.js';
import type { Analysis } from './analysis.js';
import { type TopLevelNode, topLevelNodes } from './bodies.js';

export interface PlannedFlow {
  readonly ast: WorkflowAST;
  readonly analysis: Analysis;
  readonly plan: Plan;
  /** Those of `ast`, in its order. */
  readonly tops: readonly TopLevelNode[];
}

/** Ids of sources whose rows surely go straight to a `foreach`, as far as that is known before anything runs. */
export function streamedSources(flow: Omit<PlannedFlow, 'tops'>): ReadonlySet<string> {
  const tops = topLevelNodes(flow.ast.nodes);
  const isStreamed = ({ node }: TopLevelNode, index: number): boolean =>
    givesRows(node) && streamReader({ ...flow, tops }, index) !== undefined;
  return new Set(tops.filter(isStreamed).map(({ node }) => node.id));
}

function givesRows(node: NodeAST): boolean {
  if (node.kind !== 'work' || node.type !== 'source:file') return false;
  const { path, format } = node.settings;
  return surelyHasRows((path as TemplateSource).source.text, format as FileFormat | undefined);
}

/** Who gets the rows of the top-level source at `index` as they are read, if they turn out to be rows: nothing else may wait for its end. */
export function streamReader({ ast, analysis, plan, tops }: PlannedFlow, index: number): ForeachNode | undefined {
  const [dependent, ...others] = neighbours(plan.dag.dependents, index);
  if (dependent === undefined || others.length > 0) return undefined;
  // Without `<output>` the last node's output is the flow's.
  if (ast.output === undefined && index === tops.length - 1) return undefined;
  const [source, reader] = [tops[index]?.node, tops[dependent]?.node];
  return source !== undefined && reader !== undefined && mayStream(source, reader, analysis) ? reader : undefined;
}

/**
 * Whether a `foreach` may be given the rows of a `source:file` as they are read: it alone reads the source, as its `items` and whole, and
 * neither of the two may be run again, left out or stopped on its own.
 */
function mayStream(source: NodeAST, reader: NodeAST, analysis: Analysis): reader is ForeachNode {
  if (source.kind !== 'work' || source.type !== 'source:file' || reader.kind !== 'foreach') return false;
  if (source.memoryMb !== undefined) return false;
  if (!isUnguarded(source) || !isUnguarded(reader) || !needsNoTotal(reader)) return false;
  if (analysis.readers.get(source.id)?.size !== 1) return false;
  const reads = (analysis.reads.get(reader.id) ?? []).filter((read) => read.kind === 'node' && read.id === source.id);
  return reads.length === 1 && pathText(reader) === `${source.id}.output`;
}

/** Nothing but its success or failure can come of it. */
function isUnguarded({ when, timeoutMs, retries, fallback }: WorkNode | ForeachNode): boolean {
  return when === undefined && timeoutMs === undefined && retries.length === 0 && fallback === undefined;
}

/** How many items there are is known only at the end. */
function needsNoTotal({ join, toleratedFailures }: ForeachNode): boolean {
  return join.kind === 'all' && toleratedFailures?.unit !== 'percent';
}

function pathText({ items }: ForeachNode): string {
  return items.source.text.trim().replace(/^\{\{\s*|\s*\}\}$/g, '');
}
