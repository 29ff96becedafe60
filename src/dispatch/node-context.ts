import type { NodeExecutionContext } from '../runtimes/types.js';
import { decode, encodeShallow } from '../transport/encode.js';
import type { Attempt } from './attempt.js';
import type { DoneWrite } from './done-node.js';
import type { IterationScope } from './iteration-scope.js';
import { attemptOf, type NodeRun } from './node-run.js';
import { copyOf, type PreparedNode } from './prepared-package.js';

/** A class, since an object literal with getters takes as long to build as a small node takes to run. */
export class NodeContext implements NodeExecutionContext {
  readonly nodeId: string;
  readonly runId: string;
  readonly flowDirectory: string;
  readonly config: NodeExecutionContext['config'];
  readonly secrets: NodeExecutionContext['secrets'];
  readonly index: number | undefined;
  readonly branch: number | undefined;
  readonly attempt: number;
  readonly isCancelled: NodeExecutionContext['isCancelled'];
  readonly log: NodeExecutionContext['log'];
  readonly progress: NodeExecutionContext['progress'];
  readonly setVariable: NodeExecutionContext['setVariable'];
  readonly #step: PreparedNode;
  readonly #scope: IterationScope;
  readonly #attempt: Attempt;
  #item: { readonly own: unknown } | undefined;

  constructor(step: PreparedNode, run: NodeRun, attempt: Attempt, writes: DoneWrite[]) {
    const { scope, hooks, position, id } = run;
    const { runId, flowDirectory, config, secrets } = run.prepared.run;
    this.#step = step;
    this.#scope = scope;
    this.#attempt = attempt;
    this.nodeId = id;
    this.runId = runId;
    this.flowDirectory = flowDirectory;
    this.config = config;
    this.secrets = secrets;
    this.index = scope.index;
    this.branch = scope.branch;
    this.attempt = attemptOf(run);
    this.isCancelled = () => attempt.poll();
    this.log = (message, level = 'info') =>
      hooks.outbox.addEvent({ type: 'log', nodeId: id, iteration: position, level, message: String(message) });
    this.progress = (done, total) =>
      hooks.outbox.addEvent({
        type: 'progress',
        nodeId: id,
        iteration: position,
        done: Number(done),
        total: total === undefined ? undefined : Number(total),
      });
    this.setVariable = (name, value, variableScope) => {
      const encoded = encodeShallow(value);
      scope.setVariable(name, encoded.transfers.length > 0 ? copyOf(value) : decode(encoded), variableScope);
      writes.push({ name, scope: variableScope, value: encoded });
    };
  }

  get item(): unknown {
    this.#item ??= { own: this.#step.isUserCode ? this.#scope.ownItem() : this.#scope.iteration.item };
    return this.#item.own;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }
}
