import { FlowError } from '../errors/flow-error.js';
import { isParallelResult } from '../runtimes/control/parallel.js';
import type { ParallelConfig, ParallelResult } from '../runtimes/control/types.js';
import { requireCondition } from '../runtimes/lambda.js';
import { cloneStateForBranch, mergeVariableWrites } from '../state/index.js';
import type { BranchArm, NodeAST, ParallelNode } from '../types/ast.js';
import { concludeBlock, runUnits } from './block.js';
import type { BlockTracker } from './block-tracker.js';
import { describeBlock } from './describe-block.js';
import { evaluate } from './evaluate.js';
import { applyWrite, finishUnrunBody, workMs } from './finish-nodes.js';
import type { BlockOutcome, Outcome, Scope } from './scope.js';
import type { Lane } from './units.js';

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
async function handleParallelResult(result: ParallelResult, node: ParallelNode, scope: Scope): Promise<Outcome> {
  const branches = result.branches.map((nodes, index) => openBranch(nodes, index, node, scope));
  const units = {
    total: result.branchCount,
    chunk: () => 1,
    waiting: 'by-time' as const,
    run: (from: number, _count: number, lane: Lane) => runBranch(branches[from] as Branch, lane, scope),
  };
  const tracker = await runUnits({ ...node, maxConcurrency: result.maxConcurrency }, units, scope);
  mergeBranches(branches, tracker, node, scope);
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
  // Only a block with a limit of its own replaces the one around it.
  const slots = node.maxConcurrency === undefined ? scope.slots : undefined;
  return { index, nodes, arm, scope: { ...scope, state, writes: [], branch: index, path, slots }, ended: 'not' };
}

function visibleIds(nodes: readonly NodeAST[], { run }: Scope): Iterable<string> {
  return run.bodies.readsOfBody(nodes).nodes.keys();
}

async function runBranch(branch: Branch, lane: Lane, around: Scope): Promise<void> {
  const activation = activate(branch, around);
  if (activation !== 'run') {
    branch.ended = activation.status === 'skipped' ? 'skipped' : 'not';
    return lane.enter(branch.index, activation);
  }
  const outcome = await around.run.executeBody(branch.nodes, { ...branch.scope, signal: lane.signal });
  branch.ended = 'run';
  lane.learn(workMs(branch.nodes, branch.scope));
  lane.enter(branch.index, outcome);
}

/** `when` is asked in the scope around the block: a branch's own state holds just what its body reads. */
function activate({ index, arm, scope }: Branch, around: Scope): 'run' | BlockOutcome {
  if (!arm?.when) return 'run';
  try {
    const holds = requireCondition(evaluate({ ...around, branch: index }, arm.when), `\`when\` of branch ${index}`);
    return holds ? 'run' : { status: 'skipped' };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { status: 'failed', error: error.located({ source: arm.at, path: scope.path.slice(0, -1) }) };
  }
}

/** Node results and variables enter the state around in declared order, whoever finished first. */
function mergeBranches(branches: readonly Branch[], tracker: BlockTracker, node: ParallelNode, scope: Scope): void {
  for (const branch of branches) {
    if (branch.ended === 'not') finishUnrunBody(branch.nodes, 'cancelled', branch.scope);
    if (branch.ended === 'skipped') finishUnrunBody(branch.nodes, 'skipped', branch.scope);
    for (const [id, result] of branch.scope.state.nodeResults) {
      scope.state.nodeResults.set(id, result);
      scope.state.nodeContext[id] = branch.scope.state.nodeContext[id];
    }
  }
  const writes = branches.map((branch) => (tracker.counts(branch.index) ? branch.scope.writes : []));
  for (const write of mergeVariableWrites(writes, node.conflict)) applyWrite(write, scope);
}
