import { type Load, TaskCosts } from './auto-costs.js';
import { predictMain, predictWorker } from './auto-model.js';
import { type Expectation, expectPlace, familyOf, type Place } from './auto-nodes.js';
import { hasSmallData } from './auto-size.js';
import type { IterationOutcome, RunPackage, Task } from './types.js';
import { workOf } from './work-of.js';

/** What goes on while a message starts. */
export interface Traffic {
  /** Items in the message. */
  readonly items: number;
  /** Other tasks run or wait. */
  readonly isShared: boolean;
  /** A task runs on the main thread. */
  readonly isMainBusy: boolean;
  /** A task sent now does not wait for a thread to start. */
  readonly isPoolWarm: boolean;
}

/** How a task went. */
export interface Trip {
  readonly place: Place;
  /** When it began and when its results had been taken in, by this thread's clock. */
  readonly since: number;
  readonly until: number;
  /** Others ran beside it, all of them in the same place. */
  readonly isShared: boolean;
  /** Its time says nothing of the next one's: a thread had to start, or others ran in the other place. */
  readonly isOdd: boolean;
}

/** A decision, and what it was based on. */
export interface Choice {
  readonly place: Place;
  /** What it is expected to take on the main thread, in ms, where it may run there. */
  readonly mainMs: number | undefined;
}

/** Tasks that call the same code. */
interface Family {
  readonly expectation: Expectation;
  readonly costs: TaskCosts;
}

/** What is known of a flow's tasks, by their node ids. Of one family share an entry. */
interface FlowFamilies {
  readonly byNodes: Map<string, Family>;
  readonly byCode: Map<string, Family>;
}

/** Decides where tasks run, and learns from how long they took. What it knows of a flow lives as long as the flow. */
export class Placement {
  readonly #flows = new WeakMap<RunPackage['nodes'], FlowFamilies>();
  readonly #ended: Record<Place, number> = { main: 0, worker: 0 };
  readonly #lanes: number;

  /** `lanes`: tasks that can truly run at one time. */
  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /** Whether what is measured of one holds for the other. */
  areOfOneKind(one: Task, other: Task): boolean {
    return this.#familyOf(one) === this.#familyOf(other);
  }

  /** Decides for a message of tasks that are of one kind with `task`. */
  choose(task: Task, { items, isShared, isMainBusy, isPoolWarm }: Traffic): Choice {
    const { expectation, costs } = this.#familyOf(task);
    const mayRunHere = expectation === 'main-first' || (expectation === 'worker-first' && costs.isProvedShort);
    if (!mayRunHere) return { place: 'worker', mainMs: undefined };
    if (costs.workMs !== undefined) return this.#compare(task.run.key, costs, costs.workMs, { items, isShared });
    // What is unknown may be long after all: with threads at hand, one at a time is tried here.
    const isTrial = hasSmallData(task) && !(isMainBusy && isPoolWarm);
    return isTrial ? { place: 'main', mainMs: 0 } : { place: 'worker', mainMs: undefined };
  }

  /** Takes in how the items of a message went. */
  learn(task: Task, outcomes: readonly IterationOutcome[], { place, since, until, isShared, isOdd }: Trip): void {
    const { costs } = this.#familyOf(task);
    // With several tasks in one place, each counts from where the one before it ended: together they give the place's rate.
    const elapsed = until - Math.max(since, this.#ended[place]);
    this.#ended[place] = until;
    const { items, sumMs, peakMs } = workOf(outcomes);
    if (items > 0) costs.learnWork(sumMs, items, peakMs);
    const isTypical = !isOdd && outcomes.every(({ status }) => status === 'completed');
    if (isTypical) costs.habit({ items, isShared }).learn(place, elapsed, items);
  }

  #compare(run: string, costs: TaskCosts, workMs: number, load: Load): Choice {
    const habit = costs.habit(load);
    habit.enter(run, load.items);
    const { main, worker } = habit.measured;
    // The first and the last messages of a list are small: where they go is where most others go.
    const usual = { ...load, items: Math.max(load.items, habit.usualItems) };
    const perMessage = (ms: number | undefined) => (ms === undefined ? undefined : ms * usual.items);
    const predicted = {
      main: predictMain(workMs, usual, perMessage(worker.msPerItem)) / usual.items,
      worker: predictWorker(workMs, usual, this.#lanes, perMessage(main.msPerItem)) / usual.items,
    };
    const expected = { main: main.or(predicted.main), worker: worker.or(predicted.worker) };
    const lookTasks = load.isShared ? 8 * this.#lanes : 1;
    const place = habit.decide({ expected, predicted, run, items: load.items, lookTasks });
    return { place, mainMs: expected.main * load.items };
  }

  #familyOf({ run, nodeIds }: Task): Family {
    const flow = this.#flows.get(run.nodes) ?? { byNodes: new Map(), byCode: new Map() };
    this.#flows.set(run.nodes, flow);
    const key = nodeIds.join(' ');
    const known = flow.byNodes.get(key);
    if (known !== undefined) return known;
    const nodes = nodeIds.flatMap((id) => run.nodes[id] ?? []);
    const expectation = expectPlace(nodes);
    const code = `${expectation}\n${familyOf(nodes)}`;
    const family = flow.byCode.get(code) ?? { expectation, costs: new TaskCosts(this.#lanes) };
    flow.byCode.set(code, family);
    flow.byNodes.set(key, family);
    return family;
  }
}
