import type { ErrorCode } from '../errors/codes.js';
import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { ForeachNode, NodeAST, ParallelNode, PhaseNode, WorkflowAST } from '../types/ast.js';
import type { SourcePosition } from '../types/source.js';
import type { Declaration, Declarations } from './declarations.js';
import { visibility } from './visibility.js';

/** Rules that need more of the flow than one element. */
export function checkSettings(workflow: WorkflowAST, declarations: Declarations): readonly FlowError[] {
  return [
    ...declarations.all.flatMap((declaration) => [
      ...checkAfter(declaration, declarations),
      ...checkNode(declaration.node, declarations),
    ]),
    ...duplicates(workflow.params, 'param'),
    ...duplicates(workflow.secrets, 'secret'),
    ...duplicates(workflow.env, 'var'),
  ];
}

function fault(code: ErrorCode, source: SourcePosition, message: string, hint: string, nodeId?: string): FlowError {
  return new FlowError(code, message, { source, hint, nodeId });
}

function checkAfter(reader: Declaration, declarations: Declarations): FlowError[] {
  return reader.node.after.flatMap((id) => {
    const target = declarations.byId.get(id);
    if (!target) {
      const hint = suggestName(id, declarations.byId.keys()) ?? 'Name a node of this flow.';
      return fault(
        'FLOW_REFERENCE_UNKNOWN',
        reader.node.at,
        `after names "${id}", which is not in this flow`,
        hint,
        reader.node.id,
      );
    }
    const seen = visibility(reader, target);
    if (seen.kind === 'visible') return [];
    const message = `after cannot name "${id}" here: it ${seen.why}`;
    return fault(
      'FLOW_REFERENCE_UNKNOWN',
      reader.node.at,
      message,
      'Name the block around it, or move this node.',
      reader.node.id,
    );
  });
}

function checkNode(node: NodeAST, declarations: Declarations): FlowError[] {
  if (node.kind === 'parallel') return checkParallel(node);
  if (node.kind === 'foreach') return checkForeach(node, declarations);
  if (node.kind === 'phase') return checkPhase(node);
  return [];
}

function checkParallel(node: ParallelNode): FlowError[] {
  const faults: FlowError[] = [];
  const { join, branches, branchConfigs } = node;
  if (join.kind === 'quota' && join.unit === 'count' && join.amount > branches.length) {
    const message = `join="${join.amount}" can never be reached with ${branches.length} branches`;
    faults.push(fault('FLOW_SETTING_INVALID', node.at, message, 'Ask for at most as many as there are branches.', node.id));
  }
  const names = new Set<string>();
  branchConfigs.forEach((arm, index) => {
    if (arm.name === undefined && node.merge === 'object') {
      const message = `branch ${index} needs a name: merge="object" uses it as the key`;
      faults.push(fault('FLOW_SETTING_MISSING', arm.at, message, `Write <branch name="…">.`, node.id));
    }
    if (arm.name === undefined) return;
    if (names.has(arm.name)) {
      const message = `two branches are named "${arm.name}"`;
      faults.push(fault('FLOW_ID_DUPLICATE', arm.at, message, 'Give each branch a name of its own.', node.id));
    }
    names.add(arm.name);
  });
  return faults;
}

function checkForeach(node: ForeachNode, declarations: Declarations): FlowError[] {
  const faults: FlowError[] = [];
  if (node.item === node.index) {
    faults.push(
      fault('FLOW_SETTING_INVALID', node.at, `item and index are both named "${node.item}"`, 'Name them apart.', node.id),
    );
  }
  for (const name of [node.item, node.index]) {
    const taken = declarations.byId.get(name);
    if (!taken) continue;
    const message = `"${name}" names both the ${name === node.item ? 'item' : 'index'} and the node at line ${taken.node.at.line}`;
    faults.push(fault('FLOW_ID_INVALID', node.at, message, 'Rename one of them.', node.id));
  }
  if (node.merge === 'object') {
    const hint = 'Use array, concat or an expression over branches.';
    faults.push(
      fault('FLOW_SETTING_INVALID', node.at, 'merge="object" needs branch names, which items do not have', hint, node.id),
    );
  }
  return faults;
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

function duplicates(entries: readonly { name: string; at: SourcePosition }[], element: string): FlowError[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name, at }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return fault('FLOW_ID_DUPLICATE', at, `<${element} name="${name}"> is declared twice`, 'Remove one.');
  });
}
