import { FlowError } from '../errors/flow-error.js';
import { Frontier, type Plan, Semaphore } from '../scheduler/index.js';
import { reveal } from '../transport/snapshot.js';
import type { ExecutionState } from '../types/state.js';
import { streamReader, type TopLevelNode, topLevelNodes } from '../validation/index.js';
import { linkedAbort } from './abort.js';
import { executeNode } from './body.js';
import { evaluateHeld } from './evaluate.js';
import { finishUnrun } from './finish-nodes.js';
import { cancelledBy, isCancel, type Outcome, type Run, type Scope } from './scope.js';
import { executeStreamed } from './streams.js';
import { viewError } from './views.js';

export interface PlanOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly output: unknown;
  readonly error?: FlowError;
}

/** Runs a plan: nodes as they become ready, then the handlers, then `<output>`. */
export async function executePlan(run: Run, plan: Plan, state: ExecutionState, signal: AbortSignal): Promise<PlanOutcome> {
  const tops = new TopLevel(run, plan, state);
  const error = await tops.execute(signal);
  const handled = error && isUserCancel(error, signal) ? error : await handleError(error, tops.scope(signal));
  const failure = await executeFinally(handled, tops.scope(signal));
  if (!failure) return conclude(tops.scope(signal));
  const status = isUserCancel(failure, signal) ? 'cancelled' : 'failed';
  return { status, output: null, error: failure };
}

function isUserCancel(error: FlowError, signal: AbortSignal): boolean {
  return signal.aborted && error.code === 'RUN_CANCELLED';
}

/** The ready loop over the top-level nodes. */
class TopLevel {
  readonly #run: Run;
  readonly #plan: Plan;
  readonly #state: ExecutionState;
  readonly #tops: readonly TopLevelNode[];
  readonly #slots: Semaphore | undefined;
  readonly #failures: FlowError[] = [];
  /** Some node was stopped before its end. */
  #interrupted = false;

  constructor(run: Run, plan: Plan, state: ExecutionState) {
    this.#run = run;
    this.#plan = plan;
    this.#state = state;
    this.#tops = topLevelNodes(run.workflow.nodes);
    // The dispatcher's own queue starts the most urgent task first, so a second one is only for a pool that some block widened.
    this.#slots = run.dispatcher.maxConcurrency > run.maxConcurrency ? new Semaphore(run.maxConcurrency) : undefined;
  }

  scope(signal: AbortSignal): Scope {
    return {
      run: this.#run,
      state: this.#state,
      writes: [],
      phases: [],
      input: this.#run.input,
      locals: {},
      branch: undefined,
      item: undefined,
      index: undefined,
      path: '',
      lineage: '',
      signal,
      slots: this.#slots,
      priority: 0,
      quiet: false,
    };
  }

  /** Runs every node. Gives the failure that ended it, if any: the first in time, others that were genuine with it. */
  async execute(signal: AbortSignal): Promise<FlowError | undefined> {
    const { dag, priorities, layers } = this.#plan;
    const frontier = new Frontier(dag, priorities, this.#run.workflow.schedule, layers);
    const { controller, unlink } = linkedAbort(signal);
    await new Promise<void>((resolve, reject) => {
      let running = 0;
      const advance = (): void => {
        for (let index = this.#next(frontier, controller); index !== undefined; index = this.#next(frontier, controller)) {
          running += 1;
          const position = index;
          let isComplete = false;
          const goOn = (): void => {
            if (!isComplete) frontier.complete(position);
            isComplete = true;
            advance();
          };
          this.#start(position, controller.signal, goOn).then((outcome) => {
            running -= 1;
            this.#settle(outcome, controller);
            goOn();
          }, reject);
        }
        if (running === 0) resolve();
      };
      advance();
    });
    unlink();
    this.#cancelUnrun(controller.signal);
    return this.#failure(signal, frontier.done);
  }

  #next(frontier: Frontier, { signal }: AbortController): number | undefined {
    return signal.aborted ? undefined : frontier.next();
  }

  /** `opened` lets what depends on the node start before its end. */
  async #start(index: number, signal: AbortSignal, opened: () => void): Promise<Outcome> {
    const { node, phases } = this.#tops[index] as TopLevelNode;
    const { layers, priorities } = this.#plan;
    this.#state.currentWave = Math.max(this.#state.currentWave, layers.waveOf[index] ?? 0);
    const scope = { ...this.scope(signal), phases: phases.map(({ name }) => name), priority: priorities[index] ?? 0 };
    const reader = this.#streamReader(index);
    const streamed = reader && node.kind === 'work' ? await executeStreamed(node, reader, scope, opened) : undefined;
    return streamed ?? executeNode(node, scope);
  }

  /** Chaos meets attempts, of which rows on their way have none. */
  #streamReader(index: number): string | undefined {
    const { workflow, analysis, chaos } = this.#run;
    if (chaos !== undefined) return undefined;
    return streamReader({ ast: workflow, analysis, plan: this.#plan, tops: this.#tops }, index)?.id;
  }

  /** The first failure stops the others; what they then report of the stop is no failure. */
  #settle(outcome: Outcome, controller: AbortController): void {
    if (outcome.status !== 'failed') return;
    const { error } = outcome;
    if (isCancel(error, controller.signal)) {
      this.#interrupted = true;
      return;
    }
    this.#failures.push(error);
    controller.abort(
      new FlowError('RUN_CANCELLED', `stopped because "${error.nodeId ?? 'another node'}" failed`, { cause: error }),
    );
  }

  #cancelUnrun(signal: AbortSignal): void {
    if (!signal.aborted) return;
    for (const { node } of this.#tops) {
      if (!this.#state.nodeResults.has(node.id)) finishUnrun(node, 'cancelled', { ...this.scope(signal), quiet: true });
    }
  }

  #failure(signal: AbortSignal, done: boolean): FlowError | undefined {
    const [first, ...rest] = this.#failures;
    if (first) return first.accompanied(rest);
    if (done && !this.#interrupted) return undefined;
    const { stopped } = this.#run;
    const error = cancelledBy(signal);
    return error.code === 'FLOW_TIMEOUT' ? stopped.overtaken(error) : stopped.seenIn(error, '', signal.reason);
  }
}

/** `<on-error>` runs after a failure; what fails in it joins the failure. */
async function handleError(error: FlowError | undefined, scope: Scope): Promise<FlowError | undefined> {
  const { onError } = scope.run.workflow;
  if (!error || !onError) return error;
  const locals = { error: viewError(error) };
  const outcome = await scope.run.executeBody(onError, { ...scope, ...uncancelled(), locals, path: 'on-error/' });
  return outcome.status === 'failed' ? error.accompanied([outcome.error]) : error;
}

/** `<finally>` runs always; its failure fails a run that had none. */
async function executeFinally(error: FlowError | undefined, scope: Scope): Promise<FlowError | undefined> {
  const body = scope.run.workflow.finally;
  if (!body) return error;
  const outcome = await scope.run.executeBody(body, { ...scope, ...uncancelled(), path: 'finally/' });
  if (outcome.status !== 'failed') return error;
  return error ? error.accompanied([outcome.error]) : outcome.error;
}

/** Handlers clean up after a cancel too, so they do not inherit it. */
function uncancelled(): Pick<Scope, 'signal'> {
  return { signal: new AbortController().signal };
}

function conclude(scope: Scope): PlanOutcome {
  try {
    return { status: 'completed', output: flowOutput(scope) };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { status: 'failed', output: null, error };
  }
}

/** Without `<output>`, the output of the last top-level node. */
function flowOutput(scope: Scope): unknown {
  const { workflow } = scope.run;
  if (workflow.output) return reveal(evaluateHeld(scope, workflow.output));
  const last = topLevelNodes(workflow.nodes).at(-1);
  return last ? (scope.state.nodeResults.get(last.node.id)?.output ?? null) : null;
}
