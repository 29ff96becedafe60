import { FlowError } from '../errors/flow-error.js';
import { isParallelResult } from '../runtimes/control/parallel.js';
import type { ParallelConfig, ParallelResult } from '../runtimes/control/types.js';
import { requireCondition } from '../runtimes/lambda.js';
import { cloneStateForBranch, cloneStateForIteration, mergeVariableWrites } from '../state/index.js';
import type { NodeAST, ParallelNode } from '../types/ast.js';
import type { ExecutionState, NodeResult } from '../types/state.js';
import { concludeBlock, runUnits } from './block.js';
import type { BlockTracker } from './block-tracker.js';
import { describeBlock } from './describe-block.js';
import { evaluate } from './evaluate.js';
import { applyWrite, finishUnrunBody, workMs } from './finish-nodes.js';
import type { AppliedWrite, BlockOutcome, Outcome, Scope } from './scope.js';
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
  const branches = new Branches(result, node, scope);
  const units = {
    total: result.branchCount,
    chunk: () => 1,
    waiting: 'by-time' as const,
    run: (from: number, _count: number, lane: Lane) => branches.run(from, lane),
  };
  const tracker = await runUnits({ ...node, maxConcurrency: result.maxConcurrency }, units, scope);
  branches.merge(tracker);
  return concludeBlock(
    node,
    tracker,
    node.branchConfigs.map(({ name }) => name),
    scope,
  );
}

/** What is left of a branch: of ten thousand, their scopes would fill the heap. */
interface Remains {
  readonly results: readonly (readonly [id: string, result: NodeResult, context: unknown])[];
  readonly writes: readonly AppliedWrite[];
}

class Branches {
  readonly #bodies: readonly (readonly NodeAST[])[];
  readonly #node: ParallelNode;
  readonly #around: Scope;
  /** As it was when the block began, whatever other nodes write meanwhile. */
  readonly #state: ExecutionState;
  readonly #remains: (Remains | undefined)[] = [];

  constructor({ branches }: ParallelResult, node: ParallelNode, scope: Scope) {
    this.#bodies = branches;
    this.#node = node;
    this.#around = scope;
    this.#state = cloneStateForIteration(
      scope.state,
      branches.flatMap((nodes) => [...this.#visibleIds(nodes)]),
    );
  }

  async run(index: number, lane: Lane): Promise<void> {
    const nodes = this.#bodies[index] as readonly NodeAST[];
    const scope = this.#open(index, lane.signal);
    const activation = this.#activate(index, scope);
    if (activation !== 'run') {
      if (activation.status === 'skipped') this.#leave(index, unrun(nodes, 'skipped', scope));
      return lane.enter(index, activation);
    }
    const outcome = await scope.run.executeBody(nodes, scope);
    this.#leave(index, scope);
    lane.learn(workMs(nodes, scope));
    lane.enter(index, outcome);
  }

  /** Node results and variables enter the state around in declared order, whoever finished first. */
  merge(tracker: BlockTracker): void {
    const { state, signal } = this.#around;
    const writes = this.#bodies.map((nodes, index) => {
      const { results, writes } = this.#remains[index] ?? remainsOf(unrun(nodes, 'cancelled', this.#open(index, signal)));
      for (const [id, result, context] of results) {
        state.nodeResults.set(id, result);
        state.nodeContext[id] = context;
      }
      return tracker.counts(index) ? writes : [];
    });
    for (const write of mergeVariableWrites(writes, this.#node.conflict)) applyWrite(write, this.#around);
  }

  #open(index: number, signal: AbortSignal): Scope {
    const { id, branchConfigs, maxConcurrency } = this.#node;
    const state = cloneStateForBranch(this.#state, index, this.#visibleIds(this.#bodies[index] ?? []));
    const path = `${this.#around.path}${id}[${branchConfigs[index]?.name ?? index}]/`;
    // Only a block with a limit of its own replaces the one around it.
    const slots = maxConcurrency === undefined ? this.#around.slots : undefined;
    return { ...this.#around, state, writes: [], branch: index, path, slots, signal };
  }

  #visibleIds(nodes: readonly NodeAST[]): Iterable<string> {
    return this.#around.run.bodies.readsOfBody(nodes).nodes.keys();
  }

  #leave(index: number, scope: Scope): void {
    this.#remains[index] = remainsOf(scope);
  }

  /** `when` is asked in the scope around the block: a branch's own state holds just what its body reads. */
  #activate(index: number, { path }: Scope): 'run' | BlockOutcome {
    const arm = this.#node.branchConfigs[index];
    if (!arm?.when) return 'run';
    try {
      const holds = requireCondition(evaluate({ ...this.#around, branch: index }, arm.when), `\`when\` of branch ${index}`);
      return holds ? 'run' : { status: 'skipped' };
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      return { status: 'failed', error: error.located({ source: arm.at, path: path.slice(0, -1) }) };
    }
  }
}

function unrun(nodes: readonly NodeAST[], status: 'skipped' | 'cancelled', scope: Scope): Scope {
  finishUnrunBody(nodes, status, scope);
  return scope;
}

function remainsOf({ state, writes }: Scope): Remains {
  return { results: Array.from(state.nodeResults, ([id, result]) => [id, result, state.nodeContext[id]] as const), writes };
}
