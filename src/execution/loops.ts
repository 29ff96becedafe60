import { FlowError } from '../errors/flow-error.js';
import { isLoopResult } from '../runtimes/control/loop.js';
import type { LoopResult } from '../runtimes/control/types.js';
import { isWhileResult } from '../runtimes/control/while.js';
import type { LoopNode, WhileNode } from '../types/ast.js';
import { describeBlock } from './describe-block.js';
import { evaluate } from './evaluate.js';
import { cancelledBy, type Outcome, type Scope } from './scope.js';

/** Repeats the body until a `<break>`; `maxIterations` bounds it. */
export async function executeLoop(node: LoopNode, scope: Scope): Promise<Outcome> {
  const described = await describeBlock('control:loop', node, isLoopResult, scope);
  return repeat(node, described, scope, () => true);
}

/** Repeats the body while `condition`, asked before each iteration, holds. */
export async function executeWhile(node: WhileNode, scope: Scope): Promise<Outcome> {
  let index = 0;
  const condition = (): unknown => evaluate(scope, node.condition, { index });
  const described = await describeBlock('control:while', { ...node, condition }, isWhileResult, scope);
  return repeat(node, described, scope, (next) => {
    index = next;
    return described.condition();
  });
}

/** A loop whose nodes are all skipped never waits; timers and signals must get their turn all the same. */
const breatheMs = 10;

async function repeat(
  node: LoopNode | WhileNode,
  { body, maxIterations, onMax }: LoopResult,
  scope: Scope,
  goesOn: (index: number) => boolean,
): Promise<Outcome> {
  let output: unknown = null;
  let breathed = performance.now();
  for (let index = 0; goesOn(index); index++) {
    if (performance.now() - breathed > breatheMs) {
      await new Promise(setImmediate);
      breathed = performance.now();
    }
    if (scope.signal.aborted) return { status: 'failed', error: cancelledBy(scope.signal) };
    if (index >= maxIterations) return onMax === 'continue' ? { status: 'completed', output } : reachedMax(node);
    const locals = { ...scope.locals, index };
    const outcome = await scope.run.executeBody(body, { ...scope, locals, index, path: `${scope.path}${node.id}[${index}]/` });
    if (outcome.status === 'failed') return outcome;
    output = outcome.output;
    if (outcome.status === 'broken') break;
  }
  return { status: 'completed', output };
}

function reachedMax(node: LoopNode | WhileNode): Outcome {
  const message = `${node.kind} "${node.id}" reached maxIterations (${node.maxIterations}) without an end`;
  const hint = 'Check its condition or <break>, raise maxIterations, or write onMax="continue".';
  return { status: 'failed', error: new FlowError('LOOP_LIMIT', message, { hint }) };
}
