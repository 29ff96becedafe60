import { isBranchResult } from '../runtimes/control/branch.js';
import { isIfResult } from '../runtimes/control/if.js';
import type { BranchConfig, IfConfig } from '../runtimes/control/types.js';
import type { BranchNode, IfNode, NodeAST } from '../types/ast.js';
import { describeBlock } from './describe-block.js';
import { evaluate } from './evaluate.js';
import { finishUnrunBody } from './finish-nodes.js';
import type { BlockOutcome, Outcome, Scope } from './scope.js';

/** Runs `then` or `else`. */
export async function executeIf(node: IfNode, scope: Scope): Promise<Outcome> {
  const config: IfConfig = { ...node, condition: evaluate(scope, node.condition) };
  const { body } = await describeBlock('control:if', config, isIfResult, scope);
  return executeArm(body, [node.then, node.else ?? []], scope);
}

/** Runs the first arm whose `when` holds, else `otherwise`. */
export async function executeBranch(node: BranchNode, scope: Scope): Promise<BlockOutcome> {
  const matches = node.matches.map(({ when, body }) => ({ when: () => evaluate(scope, when), body }));
  const config: BranchConfig = { matches, otherwise: node.otherwise };
  const { body, taken } = await describeBlock('control:branch', config, isBranchResult, scope);
  const arms = [...node.matches.map((arm) => arm.body), node.otherwise ?? []];
  const outcome = await executeArm(body, arms, scope);
  return taken === 'none' ? { status: 'skipped' } : outcome;
}

/** Nodes of the arms that are not taken count as skipped. */
function executeArm(taken: readonly NodeAST[], arms: readonly (readonly NodeAST[])[], scope: Scope): Promise<Outcome> {
  for (const arm of arms) if (arm !== taken) finishUnrunBody(arm, 'skipped', scope);
  return scope.run.executeBody(taken, scope);
}
