import { FlowError } from '../errors/flow-error.js';
import type { NodeAST } from '../types/ast.js';
import type { Step } from './body-plans.js';
import { executeControl } from './control.js';
import { finishUnrunBody } from './finish-nodes.js';
import type { Outcome, Scope } from './scope.js';
import { executeSegment } from './segment.js';

/** Runs the nodes of a body one after another; each one's output is the next one's default input. Gives the last output. */
export async function executeBody(nodes: readonly NodeAST[], scope: Scope): Promise<Outcome> {
  let input = scope.input;
  let output: unknown = null;
  for (const step of scope.run.bodies.stepsOf(nodes)) {
    const outcome = await executeStep(step, { ...scope, input });
    if (outcome.status === 'failed' && !scope.quiet) finishRest(nodes, scope);
    if (outcome.status !== 'completed') return outcome;
    output = outcome.output;
    input = output;
  }
  return { status: 'completed', output };
}

/** Nodes that a failure kept from running are known as such to whoever asks later. */
function finishRest(nodes: readonly NodeAST[], scope: Scope): void {
  const rest = nodes.filter(({ id }) => !scope.state.nodeResults.has(id));
  finishUnrunBody(rest, 'cancelled', scope);
}

/** Runs one node that stands alone: at the top level nodes follow their dependencies, not one another. */
export function executeNode(node: NodeAST, scope: Scope): Promise<Outcome> {
  return executeStep(node.kind === 'work' ? scope.run.bodies.segmentOf([node], true) : { kind: 'control', node }, scope);
}

async function executeStep(step: Step, scope: Scope): Promise<Outcome> {
  try {
    return step.kind === 'segment' ? await executeSegment(step, scope) : await executeControl(step.node, scope);
  } catch (error) {
    // What is no FlowError is a fault of ours and must not pass as one of the flow's.
    if (!(error instanceof FlowError)) throw error;
    const node = step.kind === 'segment' ? step.nodes[0] : step.node;
    return {
      status: 'failed',
      error: error.located({ source: node?.at, nodeId: node?.id, path: scope.path + (node?.id ?? '') }),
    };
  }
}
