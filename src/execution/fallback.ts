import type { FlowError } from '../errors/flow-error.js';
import type { NodeAST } from '../types/ast.js';
import { evaluateHeld } from './evaluate.js';
import { isCancel, type Outcome, type Scope } from './scope.js';
import { viewError } from './views.js';

/**
 * Runs a failed node's `<fallback>`, where it has one; its last output becomes the node's, and its first node gets the node's input. A cancel is not rescued.
 * When the fallback fails too, its error is the node's and carries the first one.
 */
export async function executeFallback(node: NodeAST, error: FlowError, scope: Scope): Promise<Outcome> {
  if (!node.fallback || isCancel(error, scope.signal)) return { status: 'failed', error };
  const inner: Scope = {
    ...scope,
    input: ownInput(node, scope),
    locals: { ...scope.locals, error: viewError(error) },
    path: `${scope.path}${node.id}/fallback/`,
  };
  const outcome = await scope.run.executeBody(node.fallback, inner);
  if (outcome.status === 'failed') return { status: 'failed', error: outcome.error.accompanied([error]) };
  scope.run.emit({ type: 'node.rescued', nodeId: node.id, path: scope.path + node.id, error });
  return outcome;
}

/** What the node had to work on; where that itself could not be had, what the node before gave. */
function ownInput(node: NodeAST, scope: Scope): unknown {
  try {
    return node.input ? evaluateHeld(scope, node.input) : scope.input;
  } catch {
    return scope.input;
  }
}
