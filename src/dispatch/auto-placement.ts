import type { WorkNode } from '../types/ast.js';
import { type Load, TaskCosts } from './auto-costs.js';
import { closeToFree, predictMain, predictWorker } from './auto-model.js';
import { type Expectation, expectPlace, familyOf, type Place } from './auto-nodes.js';
import { hasSmallData } from './auto-size.js';
import type { IterationOutcome, RunPackage, Task, TaskReply } from './types.js';

/** What else goes on while a task starts. */
export interface Traffic {
  /** Other tasks run or wait. */
  readonly isShared: boolean;
  /** A task runs on the main thread. */
  readonly isMainBusy: boolean;
  /** Threads have answered before: a task sent now does not wait for one to start. */
  readonly isPoolWarm: boolean;
}

/** A kind of task: what the flow says of it, and what was measured. */
interface Kind {
  readonly expectation: Expectation;
  readonly costs: TaskCosts;
  readonly familyCosts: TaskCosts;
}

interface FlowKinds {
  readonly byNodes: Map<string, Kind>;
  readonly byFamily: Map<string, TaskCosts>;
}

/** A decision, and what it was based on. */
export interface Choice {
  readonly place: Place;
  /** What it is expected to take on the main thread, in ms, where it may run there. */
  readonly mainMs: number | undefined;
}

/** Decides where tasks run, and learns from how long they took. What it knows of a flow lives as long as the flow. */
export class Placement {
  readonly #flows = new WeakMap<RunPackage['nodes'], FlowKinds>();
  readonly #ended: Record<Place, number> = { main: 0, worker: 0 };
  readonly #lanes: number;

  /** `lanes`: tasks that can truly run at one time. */
  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  choose(task: Task, { isShared, isMainBusy, isPoolWarm }: Traffic): Choice {
    const kind = this.#kindOf(task);
    const known = kind.costs.workMs === undefined ? kind.familyCosts : kind.costs;
    if (!mayRunOnMain(kind.expectation, known)) return { place: 'worker', mainMs: undefined };
    if (known.workMs === undefined) {
      const isTried = isMainBusy && isPoolWarm;
      return hasSmallData(task) && !isTried ? { place: 'main', mainMs: 0 } : { place: 'worker', mainMs: undefined };
    }
    return this.#compare(known, known.workMs, { items: task.iterations.length, isShared });
  }

  /** Takes in a reply; `since` and `isShared` tell when and how its task began, both by this thread's clock. */
  learn(task: Task, { outcomes }: TaskReply, trip: { place: Place; since: number; isShared: boolean; isCold: boolean }): void {
    const { place, since, isShared, isCold } = trip;
    const { costs, familyCosts } = this.#kindOf(task);
    const now = performance.now();
    const elapsed = now - Math.max(since, this.#ended[place]);
    this.#ended[place] = now;
    const { sumMs, peakMs } = workOf(outcomes);
    const isTypical = !isCold && outcomes.every(({ status }) => status === 'completed');
    for (const each of [costs, familyCosts]) {
      each.learnWork(sumMs, outcomes.length, peakMs);
      if (isTypical) each.learnPlace(place, { items: outcomes.length, isShared }, elapsed);
    }
  }

  #compare(costs: TaskCosts, workMs: number, load: Load): Choice {
    const known = { main: costs.measured('main', load), worker: costs.measured('worker', load) };
    const mainMs = blend(known.main, predictMain(workMs, load, known.worker?.ms));
    const workerMs = blend(known.worker, predictWorker(workMs, load, this.#lanes, known.main?.ms));
    const [better, other]: readonly Place[] = mainMs <= workerMs ? ['main', 'worker'] : ['worker', 'main'];
    const looksElsewhere = costs.affords(Math.abs(mainMs - workerMs) + closeToFree);
    return { place: (looksElsewhere ? other : better) ?? 'worker', mainMs };
  }

  #kindOf({ run, nodeIds }: Task): Kind {
    const flow = this.#flows.get(run.nodes) ?? { byNodes: new Map(), byFamily: new Map() };
    this.#flows.set(run.nodes, flow);
    const key = nodeIds.join(' ');
    let kind = flow.byNodes.get(key);
    if (kind === undefined) {
      kind = createKind(
        nodeIds.flatMap((id) => run.nodes[id] ?? []),
        flow,
      );
      flow.byNodes.set(key, kind);
    }
    return kind;
  }
}

function createKind(nodes: readonly WorkNode[], { byFamily }: FlowKinds): Kind {
  const family = familyOf(nodes);
  const familyCosts = byFamily.get(family) ?? new TaskCosts();
  byFamily.set(family, familyCosts);
  return { expectation: expectPlace(nodes), costs: new TaskCosts(), familyCosts };
}

function mayRunOnMain(expectation: Expectation, costs: TaskCosts): boolean {
  return expectation === 'main-first' || (expectation === 'worker-first' && costs.isProvedShort);
}

/** A few samples count as much as the model; many replace it. */
function blend(measured: { readonly ms: number; readonly isTrusted: boolean } | undefined, predicted: number): number {
  if (measured === undefined) return predicted;
  return measured.isTrusted ? measured.ms : (measured.ms + predicted) / 2;
}

function workOf(outcomes: readonly IterationOutcome[]): { readonly sumMs: number; readonly peakMs: number } {
  let sumMs = 0;
  let peakMs = 0;
  for (const outcome of outcomes) {
    let ownMs = outcome.status === 'failed' ? outcome.durationMs : 0;
    for (const { durationMs } of outcome.nodes) ownMs += durationMs;
    sumMs += ownMs;
    peakMs = Math.max(peakMs, ownMs);
  }
  return { sumMs, peakMs };
}
