import type { NodeAST } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';
import { bodiesOf, topLevelNodes } from '../validation/index.js';
import type { Workflow } from '../workflow.js';

/** What leads from one shape of a picture to another. Ids are those of nodes; what is no node has a slash in its id, as no node can. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly reason: ArrowReason;
}

/** `data`: a value goes along it. `next`: what only comes next in its body. `fallback`: what runs when the node has failed. */
export type ArrowReason = 'data' | 'variable' | 'after' | 'next' | 'fallback';

export const outputId = '/output';

export function fallbackId(nodeId: string): string {
  return `${nodeId}/fallback`;
}

/** The arrows of a flow, by what they lead to, in document order; from one shape to another there is one at most. */
export function arrowsOf(flow: Workflow): readonly Arrow[] {
  return [...new Arrows(flow).all()];
}

class Arrows {
  readonly #flow: Workflow;
  /** What top-level nodes wait for because of a variable, by id. */
  readonly #variables: ReadonlyMap<string, readonly string[]>;

  constructor(flow: Workflow) {
    this.#flow = flow;
    const waits = flow.plan.vertices.map(
      ({ id, dependsOn }) => [id, dependsOn.filter(({ reason }) => reason === 'variable').map((each) => each.id)] as const,
    );
    this.#variables = new Map(waits);
  }

  *all(): Generator<Arrow> {
    const { ast, analysis } = this.#flow;
    for (const { node } of topLevelNodes(ast.nodes)) yield* this.#into(node, undefined);
    yield* this.#intoBody(ast.onError ?? []);
    yield* this.#intoBody(ast.finally ?? []);
    for (const from of new Set(idsOf(analysis.outputReads))) yield { from, to: outputId, reason: 'data' };
  }

  *#intoBody(nodes: readonly NodeAST[]): Generator<Arrow> {
    for (const [at, node] of nodes.entries()) yield* this.#into(node, nodes[at - 1]);
  }

  *#into(node: NodeAST, previous: NodeAST | undefined): Generator<Arrow> {
    const reads = this.#flow.analysis.reads.get(node.id) ?? [];
    const reasons = new Map<string, ArrowReason>();
    const add = (from: string, reason: ArrowReason): void => {
      if (!reasons.has(from)) reasons.set(from, reason);
    };
    for (const id of idsOf(reads)) add(id, 'data');
    for (const id of this.#variables.get(node.id) ?? []) add(id, 'variable');
    for (const id of node.after) add(id, 'after');
    if (previous !== undefined) add(previous.id, takesInput(node, reads) ? 'data' : 'next');
    for (const [from, reason] of reasons) yield { from, to: node.id, reason };
    for (const { kind, nodes } of bodiesOf(node)) {
      if (kind === 'fallback') yield { from: node.id, to: fallbackId(node.id), reason: 'fallback' };
      yield* this.#intoBody(nodes);
    }
  }
}

function idsOf(reads: readonly ValueRead[]): readonly string[] {
  return reads.flatMap((read) => (read.kind === 'node' ? [read.id] : []));
}

/** Whether a node in a body works with what the one before it gave: without an `input` of its own, unless it is of a kind that has none. */
function takesInput(node: NodeAST, reads: readonly ValueRead[]): boolean {
  if (node.input !== undefined) return false;
  return !hasNoInput(node) || reads.some((read) => read.kind === 'name' && read.name === 'input');
}

function hasNoInput(node: NodeAST): boolean {
  if (node.kind === 'work') return node.type.startsWith('source:') || node.type === 'set' || node.type === 'fail';
  return node.kind === 'foreach' || node.kind === 'break';
}
