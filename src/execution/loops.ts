import { FlowError } from '../errors/flow-error.js';
import type { LoopNode, WhileNode } from '../types/ast.js';
import { evaluate } from './evaluate.js';
import type { Outcome, Scope } from './scope.js';

/** Repeats the body until a `<break>`; `maxIterations` bounds it. */
export function executeLoop(node: LoopNode, scope: Scope): Promise<Outcome> {
  return repeat(node, scope, () => true);
}

/** Repeats the body while `condition`, asked before each iteration, holds. */
export function executeWhile(node: WhileNode, scope: Scope): Promise<Outcome> {
  return repeat(node, scope, (inner) => evaluate(inner, node.condition) === true);
}

async function repeat(node: LoopNode | WhileNode, scope: Scope, goesOn: (scope: Scope) => boolean): Promise<Outcome> {
  let output: unknown = null;
  for (let index = 0; ; index++) {
    const inner: Scope = { ...scope, locals: { ...scope.locals, index }, path: `${scope.path}${node.id}[${index}]/` };
    if (!goesOn(inner)) return { status: 'completed', output };
    if (index >= node.maxIterations) return reachedMax(node, output);
    const outcome = await scope.run.executeBody(node.body, inner);
    if (outcome.status === 'failed') return outcome;
    output = outcome.output;
    if (outcome.status === 'broken') return { status: 'completed', output };
  }
}

function reachedMax(node: LoopNode | WhileNode, output: unknown): Outcome {
  if (node.onMax === 'continue') return { status: 'completed', output };
  const error = new FlowError(
    'LOOP_LIMIT',
    `${node.kind} "${node.id}" reached maxIterations (${node.maxIterations}) without an end`,
    {
      hint: 'Check its condition or <break>, raise maxIterations, or write onMax="continue".',
    },
  );
  return { status: 'failed', error };
}
