import { type ReadSet, toReadSet } from '../state/index.js';
import type { NodeAST, WorkNode } from '../types/ast.js';
import type { ValueRead } from '../types/reads.js';
import { type Analysis, walkNodes } from '../validation/index.js';

/** Plain work nodes that run in order as one task: what passes between them stays where they run. */
export interface Segment {
  readonly kind: 'segment';
  readonly nodes: readonly WorkNode[];
  readonly nodeIds: readonly string[];
  /** Ids whose outputs somebody outside reads, and the last. */
  readonly keep: readonly string[];
  readonly reads: ReadSet;
  /** The first node looks at the body's own input: it names none, or an expression of it does. To the others `input` is what the one before gave. */
  readonly takesInput: boolean;
  /** Other tasks may read its outputs. */
  readonly travels: boolean;
}

export type Step = Segment | { readonly kind: 'control'; readonly node: Exclude<NodeAST, WorkNode> };

/** How each body is carried out, worked out when it first runs. */
export class BodyPlans {
  readonly #analysis: Analysis;
  readonly #isAlone: (node: WorkNode) => boolean;
  readonly #steps = new WeakMap<readonly NodeAST[], readonly Step[]>();
  readonly #reads = new WeakMap<readonly NodeAST[], ReadSet>();

  /** `isAlone`: of nodes whose results are used again one by one, so that each is a task of its own. */
  constructor(analysis: Analysis, isAlone: (node: WorkNode) => boolean = () => false) {
    this.#analysis = analysis;
    this.#isAlone = isAlone;
  }

  /** The body as tasks and control nodes, in order. */
  stepsOf(nodes: readonly NodeAST[]): readonly Step[] {
    let steps = this.#steps.get(nodes);
    if (!steps) {
      steps = cut(nodes, this.#isAlone).map((run) => (Array.isArray(run) ? this.segmentOf(run) : { kind: 'control', node: run }));
      this.#steps.set(nodes, steps);
    }
    return steps;
  }

  /** `isTop`: of nodes that stand alone at the top level, where only who names a node gets its output. */
  segmentOf(nodes: readonly WorkNode[], isTop = false): Segment {
    const nodeIds = nodes.map((node) => node.id);
    const inside = new Set(nodeIds);
    const last = nodeIds.length - 1;
    const { readers } = this.#analysis;
    const reads = toReadSet(this.#readsOf(nodes).filter((read) => read.kind !== 'node' || !inside.has(read.id)));
    const isReadOutside = (id: string): boolean => [...(readers.get(id) ?? [])].some((reader) => !inside.has(reader));
    return {
      kind: 'segment',
      nodes,
      nodeIds,
      keep: nodeIds.filter((id, index) => index === last || isReadOutside(id)),
      reads,
      travels: !isTop || nodeIds.some(isReadOutside),
      takesInput: nodes[0]?.input === undefined || this.#readsOf(nodes.slice(0, 1)).some(isInput),
    };
  }

  /** Everything that a body, blocks within it included, reads. */
  readsOfBody(nodes: readonly NodeAST[]): ReadSet {
    let reads = this.#reads.get(nodes);
    if (!reads) {
      reads = toReadSet(this.#readsOf(walkNodes(nodes)));
      this.#reads.set(nodes, reads);
    }
    return reads;
  }

  #readsOf(nodes: Iterable<NodeAST>): ValueRead[] {
    return [...nodes].flatMap((node) => this.#analysis.reads.get(node.id) ?? []);
  }
}

function isInput(read: ValueRead): boolean {
  return read.kind === 'name' && read.name === 'input';
}

/**
 * Splits a body at control nodes and before nodes that may be run again or killed: a segment is only ever repeated
 * from its first node, so nothing that has finished runs twice. A node with a limit of memory is alone in its thread.
 */
function cut(nodes: readonly NodeAST[], isAlone: (node: WorkNode) => boolean): (WorkNode[] | Exclude<NodeAST, WorkNode>)[] {
  const runs: (WorkNode[] | Exclude<NodeAST, WorkNode>)[] = [];
  const endsAlone = (open: readonly WorkNode[]): boolean => open[0]?.memoryMb !== undefined || open.some(isAlone);
  for (const node of nodes) {
    const open = runs.at(-1);
    if (node.kind !== 'work') runs.push(node);
    else if (Array.isArray(open) && !isGuarded(node) && !endsAlone(open) && !isAlone(node)) open.push(node);
    else runs.push([node]);
  }
  return runs;
}

function isGuarded(node: WorkNode): boolean {
  const { retries, fallback, timeoutMs, memoryMb } = node;
  return retries.length > 0 || fallback !== undefined || timeoutMs !== undefined || memoryMb !== undefined;
}
