import type { NodeAST, WorkflowAST } from '../types/ast.js';
import { type BodyKind, bodiesOf, topLevelNodes } from './bodies.js';

/** The body a node stands in: `top` has no order of its own; the handlers see everything before them. */
export type PlaceKind = BodyKind | 'top' | 'on-error' | 'finally';

/** One body on the way down to a node. */
export interface Place {
  readonly kind: PlaceKind;
  /** Same number, same body. Children of phases at the top level share the top body. */
  readonly body: number;
  readonly index: number;
  /** The node that owns the body. */
  readonly owner: NodeAST | undefined;
}

/** Where a node stands, outermost body first; never empty. */
export interface Declaration {
  readonly node: NodeAST;
  readonly trail: readonly Place[];
  /** Position in document order. */
  readonly order: number;
}

export interface Declarations {
  readonly byId: ReadonlyMap<string, Declaration>;
  /** In document order. */
  readonly all: readonly Declaration[];
}

/** Finds every node and where it stands. */
export function collectDeclarations(workflow: WorkflowAST): Declarations {
  const collector = new Collector();
  const top = topLevelNodes(workflow.nodes).map(({ node }) => node);
  collector.visit(top, { kind: 'top', owner: undefined, trail: [] });
  collector.visit(workflow.onError ?? [], { kind: 'on-error', owner: undefined, trail: [] });
  collector.visit(workflow.finally ?? [], { kind: 'finally', owner: undefined, trail: [] });
  return collector;
}

interface Enclosing {
  readonly kind: PlaceKind;
  readonly owner: NodeAST | undefined;
  readonly trail: readonly Place[];
}

class Collector implements Declarations {
  readonly byId = new Map<string, Declaration>();
  readonly all: Declaration[] = [];
  #bodies = 0;

  visit(nodes: readonly NodeAST[], enclosing: Enclosing): void {
    const body = this.#bodies++;
    nodes.forEach((node, index) => {
      const trail = [...enclosing.trail, { kind: enclosing.kind, owner: enclosing.owner, body, index }];
      this.#declare({ node, trail, order: this.all.length });
      for (const inner of bodiesOf(node)) this.visit(inner.nodes, { kind: inner.kind, owner: node, trail });
    });
  }

  #declare(declaration: Declaration): void {
    this.all.push(declaration);
    const { node } = declaration;
    // The builder has reported ids that are used twice; references then mean the first.
    if (!this.byId.has(node.id)) this.byId.set(node.id, declaration);
  }
}

/** Names that the blocks around a node bind. */
export function localNames(trail: readonly Place[]): readonly string[] {
  return trail.flatMap(({ kind, owner }) => {
    if (kind === 'foreach' && owner?.kind === 'foreach') return [owner.item, owner.index];
    if (kind === 'branch' && owner?.kind === 'parallel') return ['branch'];
    if (kind === 'loop' || kind === 'while') return ['index'];
    if (kind === 'fallback' || kind === 'on-error') return ['error'];
    return [];
  });
}
