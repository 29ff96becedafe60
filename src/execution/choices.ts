import type { BranchNode, IfNode, NodeAST } from '../types/ast.js';
import { evaluate } from './evaluate.js';
import { finishUnrunBody } from './records.js';
import type { Outcome, Scope } from './scope.js';

/** Runs `then` or `else`; nodes of the arm that is not taken count as skipped. */
export function executeIf(node: IfNode, scope: Scope): Promise<Outcome> {
  const holds = evaluate(scope, node.condition) === true;
  const taken = holds ? node.then : (node.else ?? []);
  finishUnrunBody(holds ? (node.else ?? []) : node.then, 'skipped', scope);
  return scope.run.executeBody(taken, scope);
}

/** Runs the first arm whose `when` holds, else `otherwise`. */
export function executeBranch(node: BranchNode, scope: Scope): Promise<Outcome> {
  const taken: readonly NodeAST[] = node.matches.find((arm) => evaluate(scope, arm.when) === true)?.body ?? node.otherwise ?? [];
  for (const arm of [...node.matches.map(({ body }) => body), node.otherwise ?? []]) {
    if (arm !== taken) finishUnrunBody(arm, 'skipped', scope);
  }
  return scope.run.executeBody(taken, scope);
}
