import { FlowError } from '../errors/flow-error.js';
import { requireCondition } from '../runtimes/lambda.js';
import { recordNodeResult } from '../state/index.js';
import type { BreakNode, NodeAST, PhaseNode, WorkNode } from '../types/ast.js';
import { linkedAbort } from './abort.js';
import { executeBranch, executeIf } from './choices.js';
import { evaluate, evaluateHeld } from './evaluate.js';
import { executeFallback } from './fallback.js';
import { finishFailed, finishNode, finishUnrun, type Timing, undoWrites } from './finish-nodes.js';
import { executeForeach } from './foreach.js';
import { executeLoop, executeWhile } from './loops.js';
import { executeParallel } from './parallel.js';
import { cancelledWait, RetryCounter, waitForRetry } from './retries.js';
import type { BlockOutcome, Outcome, Scope } from './scope.js';
import { startTimer } from './timer.js';

type ControlNode = Exclude<NodeAST, WorkNode>;
type BlockNode = Exclude<ControlNode, BreakNode | PhaseNode>;

/** Runs a control node: attempts with their timeouts, fallback; records what became of it. */
export async function executeControl(node: ControlNode, scope: Scope): Promise<Outcome> {
  if (node.kind === 'break') return holds(node, scope) ? { status: 'broken', output: scope.input } : pass(scope);
  if (node.kind === 'phase') return scope.run.executeBody(node.body, { ...scope, phases: [...scope.phases, node.name] });
  return executeBlock(node, scope);
}

function holds(node: ControlNode, scope: Scope): boolean {
  return !node.when || requireCondition(evaluate(scope, node.when), `\`when\` of ${node.kind}`);
}

function pass(scope: Scope): Outcome {
  return { status: 'completed', output: scope.input };
}

async function executeBlock(node: BlockNode, scope: Scope): Promise<Outcome> {
  const startedAt = Date.now();
  const start = performance.now();
  if (!scope.quiet) scope.run.emit({ type: 'node.started', nodeId: node.id, path: scope.path + node.id });
  const { outcome, attempts, own } = await attemptBlock(node, scope);
  const timing = (): Timing => ({ attempts, startedAt, durationMs: performance.now() - start });
  const settled = outcome.status === 'failed' ? await rescue(node, outcome, timing(), scope) : outcome;
  if (outcome.status === 'failed' && settled.status !== 'failed') {
    scope.run.decisions?.note('handled', own.lineage, scope.path + node.id, true);
  }
  return recordBlock(node, settled, timing(), scope);
}

function recordBlock(node: BlockNode, outcome: BlockOutcome, timing: Timing, scope: Scope): Outcome {
  if (outcome.status === 'skipped') {
    finishUnrun(node, 'skipped', scope);
    return { status: 'completed', output: null };
  }
  if (outcome.status === 'failed') finishFailed(node, outcome.error, timing, scope, outcome.output);
  else {
    const failures = outcome.status === 'completed' ? outcome.failures : undefined;
    finishNode(node, { status: 'completed', output: outcome.output, ...(failures && { failures }), ...timing }, scope);
  }
  return outcome;
}

/** While the fallback runs, what the block's finished branches gave can be read as its output. */
async function rescue(
  node: BlockNode,
  failure: Extract<Outcome, { status: 'failed' }>,
  timing: Timing,
  scope: Scope,
): Promise<Outcome> {
  if (node.fallback) recordNodeResult(scope.state, node.id, { ...failure, ...timing });
  const outcome = await executeFallback(node, failure.error, scope);
  return outcome.status === 'failed' ? { ...outcome, output: failure.output } : outcome;
}

interface Attempted {
  readonly outcome: BlockOutcome;
  readonly attempts: number;
  /** The last one's. */
  readonly own: Scope;
}

/** Its failure was made up for before the run was resumed. */
function isHandled({ id }: BlockNode, { run, lineage, path }: Scope): boolean {
  return run.decisions?.recall('handled', lineage, path + id) === true;
}

async function attemptBlock(node: BlockNode, scope: Scope): Promise<Attempted> {
  const counter = new RetryCounter(node);
  const { decisions } = scope.run;
  const first = Number(decisions?.recall('attempt', scope.lineage, scope.path + node.id) ?? 1);
  for (let attempts = first; ; attempts++) {
    const written = scope.writes.length;
    const own = attempts === 1 ? scope : { ...scope, lineage: `${scope.lineage}${scope.path}${node.id}#${attempts}/` };
    const outcome = locate(await runWithin(node, own), node, attempts, scope);
    if (outcome.status !== 'failed' || isHandled(node, own)) return { outcome, attempts, own };
    const decision = counter.next(outcome.error, scope);
    if (decision.kind === 'spent')
      return { outcome: locate({ ...outcome, error: decision.error }, node, attempts, scope), attempts, own };
    if (!(await waitForRetry(node, attempts, decision.delayMs, outcome.error, scope))) {
      return { outcome: { ...outcome, error: cancelledWait(scope.signal) }, attempts, own };
    }
    undoWrites(scope, written);
    decisions?.note('attempt', scope.lineage, scope.path + node.id, attempts + 1);
  }
}

/** One attempt, stopped when the node's timeout has passed. */
async function runWithin(node: BlockNode, scope: Scope): Promise<BlockOutcome> {
  const { timeoutMs } = node;
  if (timeoutMs === undefined) return runBlock(node, scope);
  const { controller, unlink } = linkedAbort(scope.signal);
  const timeout = new FlowError('NODE_TIMEOUT', `${node.kind} "${node.id}" took longer than ${timeoutMs} ms`, {
    hint: 'Raise its timeout, or make its work smaller: fewer items, or a `timeout` for what was running.',
  });
  const { stopped } = scope.run;
  const stopTimer = startTimer(timeoutMs, () => {
    stopped.begin(timeout);
    controller.abort(timeout);
  });
  try {
    const outcome = await runBlock(node, { ...scope, signal: controller.signal });
    const isOver = outcome.status === 'failed' && controller.signal.reason === timeout;
    return isOver ? { ...outcome, error: stopped.overtaken(timeout, scope.path + node.id) } : outcome;
  } finally {
    stopTimer();
    unlink();
  }
}

async function runBlock(node: BlockNode, scope: Scope): Promise<BlockOutcome> {
  try {
    if (!holds(node, scope)) return { status: 'skipped' };
    return await executeKind(node, node.input ? { ...scope, input: evaluateHeld(scope, node.input) } : scope);
  } catch (error) {
    if (error instanceof FlowError) return { status: 'failed', error };
    throw error;
  }
}

function executeKind(node: BlockNode, scope: Scope): Promise<BlockOutcome> {
  switch (node.kind) {
    case 'parallel':
      return executeParallel(node, scope);
    case 'foreach':
      return executeForeach(node, scope);
    case 'if':
      return executeIf(node, scope);
    case 'branch':
      return executeBranch(node, scope);
    case 'loop':
      return executeLoop(node, scope);
    case 'while':
      return executeWhile(node, scope);
  }
}

function locate(outcome: BlockOutcome, node: BlockNode, attempt: number, scope: Scope): BlockOutcome {
  // What stopped the block was no failure of its own, and is known by its identity.
  if (outcome.status !== 'failed' || outcome.error === scope.signal.reason) return outcome;
  const where = { source: node.at, nodeId: node.id, path: scope.path + node.id, attempt };
  return { ...outcome, error: outcome.error.located(where) };
}
