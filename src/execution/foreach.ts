import { isForeachResult } from '../runtimes/control/foreach.js';
import type { ForeachConfig } from '../runtimes/control/types.js';
import { mergeVariableWrites } from '../state/index.js';
import type { ForeachNode } from '../types/ast.js';
import { concludeBlock, runUnits } from './block.js';
import { describeBlock } from './describe-block.js';
import { evaluateMembers } from './evaluate.js';
import { applyWrite, workMs } from './finish-nodes.js';
import { Batches } from './item-batches.js';
import { type Items, ListedItems, StreamedItems } from './items.js';
import { Iterations } from './iterations.js';
import type { Outcome, Scope } from './scope.js';
import type { Lane, Units } from './units.js';

/** Runs the body once per item; outputs in item order. */
export async function executeForeach(node: ForeachNode, scope: Scope): Promise<Outcome> {
  const block = new Iterations(node, await itemsOf(node, scope), scope);
  const steps = scope.run.bodies.stepsOf(node.body);
  const [only] = steps;
  const units = steps.length === 1 && only?.kind === 'segment' ? new Batches(block, only) : new Bodies(block);
  const tracker = await runUnits(node, units, scope);
  if (node.conflict !== 'error') {
    const writes = Array.from(block.writes, (own, index) => (own && tracker.counts(index) ? own : []));
    for (const write of mergeVariableWrites(writes, node.conflict)) applyWrite(write, scope);
  }
  return concludeBlock(node, tracker, [], scope);
}

async function itemsOf(node: ForeachNode, scope: Scope): Promise<Items> {
  const rows = scope.run.streams.get(node.id);
  const config: ForeachConfig = { ...node, items: rows === undefined ? evaluateMembers(scope, node.items) : [] };
  const { items } = await describeBlock('control:foreach', config, isForeachResult, scope);
  return rows === undefined ? new ListedItems(items) : new StreamedItems(rows);
}

/** Bodies with control nodes or several segments: one at a time, each on its own. */
class Bodies implements Units {
  readonly total: number | undefined;
  readonly waiting = 'by-time';
  readonly #block: Iterations;

  constructor(block: Iterations) {
    this.#block = block;
    this.total = block.items.total;
  }

  ready(from: number, signal: AbortSignal): number | Promise<number> {
    return this.#block.items.ready(from, 1, signal);
  }

  chunk(): number {
    return 1;
  }

  async run(from: number, _count: number, lane: Lane): Promise<void> {
    const [item] = Array.from(this.#block.items.take(from, 1));
    const scope = this.#block.scopeOf(from, item, lane.signal);
    const outcome = await scope.run.executeBody(this.#block.node.body, scope);
    lane.learn(workMs(this.#block.node.body, scope));
    lane.enter(from, outcome);
  }
}
