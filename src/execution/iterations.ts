import { cloneStateForIteration } from '../state/index.js';
import type { ForeachNode } from '../types/ast.js';
import type { Items } from './items.js';
import type { AppliedWrite, Scope } from './scope.js';

/** The items of one run of a `foreach`, and the scope each one's body runs in. */
export class Iterations {
  readonly node: ForeachNode;
  readonly items: Items;
  readonly scope: Scope;
  /** By item; those that have their own scope alone have an entry. */
  readonly writes: (AppliedWrite[] | undefined)[];
  readonly #visibleIds: readonly string[];

  constructor(node: ForeachNode, items: Items, scope: Scope) {
    this.node = node;
    this.items = items;
    this.scope = scope;
    this.writes = [];
    this.#visibleIds = [...scope.run.bodies.readsOfBody(node.body).nodes.keys()];
  }

  scopeOf(index: number, item: unknown, signal: AbortSignal): Scope {
    const { node, scope } = this;
    const writes: AppliedWrite[] = [];
    if (node.conflict !== 'error') this.writes[index] = writes;
    return {
      ...scope,
      state: cloneStateForIteration(scope.state, this.#visibleIds),
      writes,
      input: item,
      item,
      index,
      locals: { ...scope.locals, [node.item]: item, [node.index]: index },
      path: `${scope.path}${node.id}[${index}]/`,
      signal,
      slots: node.maxConcurrency === undefined ? scope.slots : undefined,
      quiet: true,
    };
  }
}
