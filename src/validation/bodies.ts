import type { NodeAST, WorkflowAST, WorkNode } from '../types/ast.js';

export type BodyKind = 'branch' | 'foreach' | 'then' | 'else' | 'match' | 'otherwise' | 'loop' | 'while' | 'phase' | 'fallback';

export interface Body {
  readonly kind: BodyKind;
  readonly nodes: readonly NodeAST[];
}

/** The bodies of a node in document order, its fallback last. */
export function bodiesOf(node: NodeAST): readonly Body[] {
  const own = controlBodies(node);
  return node.fallback ? [...own, { kind: 'fallback', nodes: node.fallback }] : own;
}

function controlBodies(node: NodeAST): readonly Body[] {
  switch (node.kind) {
    case 'parallel':
      return node.branches.map((nodes) => ({ kind: 'branch', nodes }));
    case 'foreach':
    case 'loop':
    case 'while':
    case 'phase':
      return [{ kind: node.kind, nodes: node.body }];
    case 'if':
      return node.else === undefined
        ? [{ kind: 'then', nodes: node.then }]
        : [
            { kind: 'then', nodes: node.then },
            { kind: 'else', nodes: node.else },
          ];
    case 'branch': {
      const arms: Body[] = node.matches.map((arm) => ({ kind: 'match', nodes: arm.body }));
      return node.otherwise === undefined ? arms : [...arms, { kind: 'otherwise', nodes: node.otherwise }];
    }
    case 'work':
    case 'break':
      return [];
  }
}

/** Every node below these, parents before children, in document order. */
export function* walkNodes(nodes: readonly NodeAST[]): Generator<NodeAST> {
  const stack: NodeAST[] = [...nodes].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    const bodies = bodiesOf(node);
    for (const body of [...bodies].reverse()) for (const inner of [...body.nodes].reverse()) stack.push(inner);
  }
}

/**
 * The nodes the planner orders: `<phase>` at the top level has no barrier of its own, so its nodes count as top-level ones.
 * `phases` are the phases around a node, outermost first.
 */
export function topLevelNodes(nodes: readonly NodeAST[]): readonly TopLevelNode[] {
  return flatten(nodes, []);
}

export interface TopLevelNode {
  readonly node: NodeAST;
  readonly phases: readonly PhaseNodeOf[];
}

export type PhaseNodeOf = Extract<NodeAST, { kind: 'phase' }>;

function flatten(nodes: readonly NodeAST[], phases: readonly PhaseNodeOf[]): TopLevelNode[] {
  return nodes.flatMap((node) => (node.kind === 'phase' ? flatten(node.body, [...phases, node]) : [{ node, phases }]));
}

/** Every work node of a flow by id, whatever body it stands in. */
export function workNodesOf(workflow: WorkflowAST): Readonly<Record<string, WorkNode>> {
  const nodes = Object.create(null) as Record<string, WorkNode>;
  for (const node of allNodes(workflow)) if (node.kind === 'work') nodes[node.id] = node;
  return nodes;
}

/** The largest of a flow's limit and of those that its blocks ask for themselves. */
export function widestLimit(workflow: WorkflowAST, limit: number): number {
  let widest = limit;
  for (const node of allNodes(workflow)) {
    if (node.kind === 'parallel' || node.kind === 'foreach') widest = Math.max(widest, node.maxConcurrency ?? 0);
  }
  return widest;
}

function allNodes({ nodes, onError = [], finally: last = [] }: WorkflowAST): Iterable<NodeAST> {
  return walkNodes([...nodes, ...onError, ...last]);
}
