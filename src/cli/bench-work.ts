import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { IterationOutcome } from '../dispatch/types.js';
import type { Plan } from '../scheduler/index.js';
import { remainingPath } from '../scheduler/index.js';
import type { NodeAST } from '../types/ast.js';
import { topLevelNodes, walkNodes } from '../validation/index.js';

/** What no schedule can beat, in milliseconds. */
export interface Bound {
  /** All tasks, one after the other. */
  readonly workMs: number;
  /** The costliest chain of top-level nodes; a block counts as its longest task or its share of the workers. */
  readonly criticalPathMs: number;
  readonly boundMs: number;
}

/** Time at work below one top-level node. */
interface Work {
  totalMs: number;
  longestMs: number;
}

/** Watches the tasks of a run on their way through a dispatcher and adds up how long their nodes worked. */
export class WorkMeter {
  readonly #owners = new Map<string, string>();
  readonly #blocks = new Set<string>();
  readonly #work = new Map<string, Work>();

  constructor(nodes: readonly NodeAST[]) {
    for (const { node } of topLevelNodes(nodes)) {
      for (const inner of walkNodes([node])) {
        this.#owners.set(inner.id, node.id);
        if (inner.kind === 'parallel' || inner.kind === 'foreach') this.#blocks.add(node.id);
      }
    }
  }

  /** The same dispatcher, watched. */
  watch(dispatcher: Dispatcher): Dispatcher {
    return {
      mode: dispatcher.mode,
      maxConcurrency: dispatcher.maxConcurrency,
      close: () => dispatcher.close(),
      dispatch: async (task, options) => {
        const reply = await dispatcher.dispatch(task, options);
        for (const outcome of reply.outcomes) this.#add(task.nodeIds[0] ?? '', outcome);
        return reply;
      },
    };
  }

  bound(plan: Plan, workers: number): Bound {
    const workMs = [...this.#work.values()].reduce((sum, { totalMs }) => sum + totalMs, 0);
    const spans = plan.vertices.map(({ id }) => this.#span(id, workers));
    const criticalPathMs = remainingPath(plan.dag, spans).reduce((longest, path) => Math.max(longest, path), 0);
    return { workMs, criticalPathMs, boundMs: Math.max(criticalPathMs, workMs / workers) };
  }

  /** The least time a top-level node can take. */
  #span(id: string, workers: number): number {
    const { totalMs, longestMs } = this.#work.get(id) ?? { totalMs: 0, longestMs: 0 };
    return this.#blocks.has(id) ? Math.max(longestMs, totalMs / workers) : totalMs;
  }

  #add(nodeId: string, outcome: IterationOutcome): void {
    const owner = this.#owners.get(nodeId) ?? nodeId;
    const ms = outcome.nodes.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const { totalMs = 0, longestMs = 0 } = this.#work.get(owner) ?? {};
    this.#work.set(owner, { totalMs: totalMs + ms, longestMs: Math.max(longestMs, ms) });
  }
}
