import type { Place } from '../dispatch/auto-nodes.js';
import { BodyPlans, type Step } from '../execution/body-plans.js';
import type { NodeAST } from '../types/ast.js';
import { type Body, bodiesOf, readsOfNode, topLevelNodes } from '../validation/index.js';
import type { Workflow } from '../workflow.js';
import { describeBlock, titleOfBody } from './describe-body.js';
import { placeOf } from './expect-places.js';

/** A body as it will run: its nodes in order, one after the other. */
export interface PlannedBody {
  readonly kind: Body['kind'];
  /** What makes it run, and how often: `branch 0 (name)`, `for each doc of rows.output`. */
  readonly title: string;
  readonly nodes: readonly PlannedNode[];
}

export interface PlannedNode {
  readonly id: string;
  readonly element: string;
  /** Nodes of one step run as one task, without anything travelling between them. 0-based in their body. */
  readonly step: number;
  /** The author's estimate, or null. */
  readonly costMs: number | null;
  readonly line: number;
  readonly column: number;
  readonly reads: readonly string[];
  /** Where mode `auto` starts it, when that was asked for. */
  readonly place?: Place;
  /** Of a block: how wide it is, how many run at one time, what ends it. */
  readonly limits?: string;
  readonly bodies: readonly PlannedBody[];
}

export interface PlanTree {
  /** What lies in the top-level nodes, by id. */
  readonly within: ReadonlyMap<string, Pick<PlannedNode, 'limits' | 'bodies'>>;
  /** `<on-error>` and `<finally>`, where there are any. */
  readonly endings: Readonly<Partial<Record<'onError' | 'finally', readonly PlannedNode[]>>>;
}

/** What stands inside the top-level nodes of a flow, and what runs once they have ended. */
export function planTree(flow: Workflow, { withPlaces }: { readonly withPlaces: boolean }): PlanTree {
  const { nodes, onError, finally: last } = flow.ast;
  const builder = new TreeBuilder(flow, withPlaces);
  const tops = topLevelNodes(nodes).map(({ node }) => [node.id, builder.within(node)] as const);
  return {
    within: new Map(tops),
    endings: {
      ...(onError && { onError: builder.nodesOf(onError) }),
      ...(last && { finally: builder.nodesOf(last) }),
    },
  };
}

class TreeBuilder {
  readonly #flow: Workflow;
  readonly #plans: BodyPlans;
  readonly #withPlaces: boolean;

  constructor(flow: Workflow, withPlaces: boolean) {
    this.#flow = flow;
    this.#plans = new BodyPlans(flow.analysis);
    this.#withPlaces = withPlaces;
  }

  within(node: NodeAST): Pick<PlannedNode, 'limits' | 'bodies'> {
    const bodies = bodiesOf(node).map((body, at) => ({
      kind: body.kind,
      title: titleOfBody(node, body.kind, at),
      nodes: this.nodesOf(body.nodes),
    }));
    const limits = describeBlock(node);
    return { ...(limits !== undefined && { limits }), bodies };
  }

  nodesOf(body: readonly NodeAST[]): readonly PlannedNode[] {
    return this.#plans.stepsOf(body).flatMap((step, at) => nodesIn(step).map((node) => this.#node(node, step, at)));
  }

  #node(node: NodeAST, step: Step, at: number): PlannedNode {
    return {
      id: node.id,
      element: node.kind === 'work' ? node.type : node.kind,
      step: at,
      costMs: node.costMs ?? null,
      line: node.at.line,
      column: node.at.column,
      reads: readsOfNode(node, this.#flow.analysis),
      ...(this.#withPlaces && { place: placeOf(nodesIn(step)) }),
      ...this.within(node),
    };
  }
}

function nodesIn(step: Step): readonly NodeAST[] {
  return step.kind === 'segment' ? step.nodes : [step.node];
}
