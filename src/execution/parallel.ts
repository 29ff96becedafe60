import { isParallelResult } from '../runtimes/control/parallel.js';
import type { ParallelConfig, ParallelResult } from '../runtimes/control/types.js';
import { requireCondition } from '../runtimes/lambda.js';
import { cloneStateForBranch, mergeVariableWrites } from '../state/index.js';
import type { BranchArm, NodeAST, ParallelNode } from '../types/ast.js';
import { concludeBlock, type Lane, runUnits } from './block.js';
import { describeBlock } from './describe.js';
import { evaluate } from './evaluate.js';
import { applyWrite, finishUnrunBody } from './records.js';
import type { Outcome, Scope } from './scope.js';

/** Asks the runtime what the block is, and carries that out. */
export async function executeParallel(node: ParallelNode, scope: Scope): Promise<Outcome> {
  const config: ParallelConfig = {
    branches: node.branches,
    ...(node.maxConcurrency === undefined ? {} : { maxConcurrency: node.maxConcurrency }),
  };
  const described = await describeBlock('control:parallel', config, isParallelResult, scope);
  return handleParallelResult(described, node, scope);
}

/**
 * At most `maxConcurrency` branches at once, each on a state of its own; results enter the main state in declared order.
 * @public
 */
export async function handleParallelResult(result: ParallelResult, node: ParallelNode, scope: Scope): Promise<Outcome> {
  const branches = result.branches.map((nodes, index) => openBranch(nodes, index, node, scope));
  const units = {
    total: result.branchCount,
    chunk: () => 1,
    run: (from: number, _count: number, lane: Lane) => runBranch(branches[from] as Branch, lane),
  };
  const tracker = await runUnits({ ...node, maxConcurrency: result.maxConcurrency }, units, scope);
  mergeBranches(branches, node, scope);
  return concludeBlock(
    node,
    tracker,
    node.branchConfigs.map(({ name }) => name),
    scope,
  );
}

interface Branch {
  readonly index: number;
  readonly nodes: readonly NodeAST[];
  readonly arm: BranchArm | undefined;
  readonly scope: Scope;
  ended: 'not' | 'run' | 'skipped';
}

function openBranch(nodes: readonly NodeAST[], index: number, node: ParallelNode, scope: Scope): Branch {
  const arm = node.branchConfigs[index];
  const state = cloneStateForBranch(scope.state, index, visibleIds(nodes, scope));
  const path = `${scope.path}${node.id}[${arm?.name ?? index}]/`;
  return { index, nodes, arm, scope: { ...scope, state, writes: [], branch: index, path, slots: undefined }, ended: 'not' };
}

function visibleIds(nodes: readonly NodeAST[], { run, state }: Scope): Iterable<string> {
  const reads = run.bodies.readsOfBody(nodes);
  return reads.anyNode ? state.nodeResults.keys() : reads.nodes.keys();
}

async function runBranch(branch: Branch, lane: Lane): Promise<void> {
  const scope = { ...branch.scope, signal: lane.signal };
  const when = branch.arm?.when;
  if (when && !requireCondition(evaluate(scope, when), `\`when\` of branch ${branch.index}`)) {
    branch.ended = 'skipped';
    return lane.enter(branch.index, { status: 'completed', output: null });
  }
  const outcome = await scope.run.executeBody(branch.nodes, scope);
  branch.ended = 'run';
  lane.enter(branch.index, outcome);
}

/** Node results and variables enter the state around in declared order, whoever finished first. */
function mergeBranches(branches: readonly Branch[], node: ParallelNode, scope: Scope): void {
  for (const branch of branches) {
    if (branch.ended === 'not') finishUnrunBody(branch.nodes, 'cancelled', branch.scope);
    if (branch.ended === 'skipped') finishUnrunBody(branch.nodes, 'skipped', branch.scope);
    for (const [id, result] of branch.scope.state.nodeResults) {
      scope.state.nodeResults.set(id, result);
      scope.state.nodeContext[id] = branch.scope.state.nodeContext[id];
    }
  }
  const writes = branches.map((branch) => branch.scope.writes);
  for (const write of mergeVariableWrites(writes, node.conflict)) applyWrite(write, scope);
}
