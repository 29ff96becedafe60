import type { ErrorCode } from '../errors/codes.js';
import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { ForeachNode, NodeAST, ParallelNode, PhaseNode, WorkflowAST, WorkNode } from '../types/ast.js';
import type { SourcePosition } from '../types/source.js';
import type { Declaration, Declarations } from './declarations.js';
import { visibility } from './visibility.js';

/** Nobody reads more, and a hostile file could have one per element. */
export const mostFaults = 1_000;

/** Rules that need more of the flow than one element. */
export function checkSettings(
  workflow: WorkflowAST,
  declarations: Declarations,
  writtenIds: ReadonlySet<string>,
): readonly FlowError[] {
  const phases = new Set(phaseIds(workflow.nodes));
  const unbuilt = new Set([...writtenIds].filter((id) => !declarations.byId.has(id) && !phases.has(id)));
  const faults: FlowError[] = [];
  for (const declaration of declarations.all) {
    if (faults.length >= mostFaults) break;
    faults.push(...checkAfter(declaration, declarations, unbuilt, phases), ...checkNode(declaration.node));
  }
  return faults;
}

/** Phases at the top level, which are no vertices of the plan. */
function phaseIds(nodes: readonly NodeAST[]): string[] {
  return nodes.flatMap((node) => (node.kind === 'phase' ? [node.id, ...phaseIds(node.body)] : []));
}

function fault(code: ErrorCode, source: SourcePosition, message: string, hint: string, nodeId?: string): FlowError {
  return new FlowError(code, message, { source, hint, nodeId });
}

function checkAfter(
  reader: Declaration,
  declarations: Declarations,
  unbuilt: ReadonlySet<string>,
  phases: ReadonlySet<string>,
): FlowError[] {
  const refuse = (message: string, hint: string): FlowError =>
    fault('FLOW_REFERENCE_UNKNOWN', reader.node.at, message, hint, reader.node.id);
  let refused = 0;
  return reader.node.after.flatMap((id) => {
    const target = declarations.byId.get(id);
    if (phases.has(id)) return refuse(`after names "${id}", a phase, which only groups nodes`, 'Name the nodes in it.');
    if (!target && unbuilt.has(id)) return [];
    if (!target) {
      refused += 1;
      if (refused > mostFaults) return [];
      const hint = suggestName(id, declarations.byId.keys()) ?? 'Name a node of this flow.';
      return refuse(`after names "${id}", which is not in this flow`, hint);
    }
    const seen = visibility(reader, target);
    if (seen.kind === 'visible') return [];
    const message = `after cannot name "${id}" here: it ${seen.why}`;
    const hint = seen.code === 'FLOW_CYCLE' ? 'Remove it from `after`.' : 'Name the block around it, or move this node.';
    return fault(seen.code, reader.node.at, message, hint, reader.node.id);
  });
}

function checkNode(node: NodeAST): FlowError[] {
  if (node.kind === 'work') return checkWork(node);
  if (node.kind === 'parallel') return checkParallel(node);
  if (node.kind === 'foreach') return checkForeach(node);
  if (node.kind === 'phase') return checkPhase(node);
  return [];
}

/** Results of what acts on the world, or on the run, cannot stand for acting. */
function checkWork({ type, cache, at, id }: WorkNode): FlowError[] {
  if (cache !== true || !(type.startsWith('sink:') || type === 'set' || type === 'fail')) return [];
  const message = `cache="true" on <${type}>: what it does would not be done when its result is used again`;
  return [fault('FLOW_SETTING_INVALID', at, message, 'Leave it out here, and put it on the nodes whose results cost time.', id)];
}

function checkParallel(node: ParallelNode): FlowError[] {
  const faults: FlowError[] = [];
  const { join, branches, branchConfigs } = node;
  if (join.kind === 'quota' && join.unit === 'count' && join.amount > branches.length) {
    const message = `join="${join.amount}" can never be reached with ${branches.length} branches`;
    faults.push(fault('FLOW_SETTING_INVALID', node.at, message, 'Ask for at most as many as there are branches.', node.id));
  }
  branchConfigs.forEach((arm, index) => {
    if (arm.name !== undefined || node.merge !== 'object') return;
    const message = `branch ${index} needs a name: merge="object" uses it as the key`;
    faults.push(fault('FLOW_SETTING_MISSING', arm.at, message, 'Write <branch name="…">.', node.id));
  });
  return faults;
}

function checkForeach(node: ForeachNode): FlowError[] {
  if (node.merge !== 'object') return [];
  const hint = 'Use array, concat or an expression over branches.';
  return [fault('FLOW_SETTING_INVALID', node.at, 'merge="object" needs branch names, which items do not have', hint, node.id)];
}

/** A phase only groups; what would make it act is refused rather than ignored. */
function checkPhase(node: PhaseNode): FlowError[] {
  const given = [
    node.retries.length > 0 && '<retry>',
    node.fallback && '<fallback>',
    node.timeoutMs !== undefined && 'timeout',
    node.input && 'input',
    node.after.length > 0 && 'after',
    node.when && 'when',
  ].filter((name) => typeof name === 'string');
  if (given.length === 0) return [];
  const message = `<phase> only groups nodes and takes no ${given.join(', ')}`;
  return [fault('FLOW_SETTING_INVALID', node.at, message, 'Put it on the nodes inside.', node.id)];
}
