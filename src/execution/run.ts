import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { RunPackage } from '../dispatch/types.js';
import { FlowError } from '../errors/flow-error.js';
import { createRedactor, type Redactor } from '../errors/redact.js';
import type { RuntimeRegistry } from '../runtimes/registry.js';
import type { Plan } from '../scheduler/index.js';
import { createState } from '../state/index.js';
import { SnapshotShelf } from '../transport/snapshot.js';
import type { WorkflowAST, WorkNode } from '../types/ast.js';
import type { FlowEvent } from '../types/events.js';
import type { Analysis } from '../validation/index.js';
import { linkedAbort } from './abort.js';
import { executeBody } from './body.js';
import { BodyPlans } from './body-plans.js';
import { Chaos } from './chaos.js';
import { executePlan, type PlanOutcome } from './executor.js';
import { resolveEnv, resolveGiven } from './given-values.js';
import { type Decisions, type KnownOutcomes, KnownWork } from './known-outcomes.js';
import type { RunOptions, RunResult } from './run-options.js';
import type { Run, UnstampedEvent } from './scope.js';
import { StoppedNodes } from './stopped-nodes.js';
import { tell } from './tell.js';
import { startTimer } from './timer.js';

/** A checked flow and what is known of it. */
export interface RunnableFlow {
  readonly ast: WorkflowAST;
  readonly analysis: Analysis;
  readonly plan: Plan;
  /** Every work node by id. */
  readonly workNodes: Readonly<Record<string, WorkNode>>;
}

export interface Surroundings {
  readonly dispatcher: Dispatcher;
  readonly registry: RuntimeRegistry;
  /** What a block without a limit of its own gets. */
  readonly maxConcurrency: number;
  /** Where outcomes may be known from, asked in this order: a resumed run's own record, then the cache. @default none */
  readonly known?: readonly KnownOutcomes[] | undefined;
  /** What the run has decided before it was resumed. @default nothing, and nothing is kept */
  readonly decisions?: Decisions | undefined;
  /** Nodes that must be tasks of their own, since their results are known one by one. @default none */
  readonly isAlone?: ((node: WorkNode) => boolean) | undefined;
  /** Who the run is, where that was settled before. @default a new run */
  readonly identity?: RunIdentity | undefined;
}

export interface RunIdentity extends Pick<RunPackage, 'runId' | 'startedAt' | 'record'> {
  /** Differs each time a run is resumed. */
  readonly key: string;
}

/**
 * Runs a flow to its end. Failures of the flow are in the result.
 * @throws FlowError CONFIG_INVALID, SECRET_MISSING, POOL_CLOSED when nothing could run
 */
export async function runFlow(flow: RunnableFlow, surroundings: Surroundings, options: RunOptions): Promise<RunResult> {
  const { ast, plan } = flow;
  const start = performance.now();
  const runPackage = packRun(flow, surroundings.identity ?? newRun(), options);
  const { runId, config, secrets } = runPackage;
  const state = createState({ workflowId: ast.name, runId, config, secrets });
  const redactor = createRedactor(secrets);
  const emit = stamp(runId, options.onEvent, redactor);
  const chaos = options.chaos && new Chaos(options.chaos);
  const run = createRun(flow, surroundings, runPackage, options.input ?? null, { emit, redactor, chaos });
  const { dispatcher, maxConcurrency } = surroundings;
  const { mode } = dispatcher;
  const size = { nodes: plan.vertices.length, waves: plan.waves.length };
  emit({ type: 'run.started', workflow: ast.name, mode, maxConcurrency, ...size });
  state.status = 'running';
  const outcome = await withinTime(options, run, (signal) => executePlan(run, plan, state, signal));
  await run.knownWork.settled();
  const { status, output } = outcome;
  const error = redactor.value(outcome.error);
  const durationMs = performance.now() - start;
  state.status = status;
  const more = { ...(error && { error }), ...(chaos && { faults: chaos.counts }) };
  emit({ type: 'run.finished', status, durationMs, ...more });
  const ignoredFailures = status === 'completed' ? run.ignored.failures : 0;
  return { status, output, ignoredFailures, ...more, state, runId, durationMs, mode, maxConcurrency: dispatcher.maxConcurrency };
}

function createRun(
  flow: RunnableFlow,
  surroundings: Surroundings,
  runPackage: RunPackage,
  input: unknown,
  voice: Pick<Run, 'emit' | 'redactor' | 'chaos'>,
): Run {
  const { dispatcher, registry, maxConcurrency, known = [], isAlone } = surroundings;
  return {
    workflow: flow.ast,
    analysis: flow.analysis,
    bodies: new BodyPlans(flow.analysis, isAlone),
    package: runPackage,
    input,
    shelf: new SnapshotShelf(),
    dispatcher,
    knownWork: new KnownWork(known),
    decisions: surroundings.decisions,
    streams: new Map(),
    registry,
    ...voice,
    ignored: { failures: 0 },
    stopped: new StoppedNodes(),
    random: Math.random,
    maxConcurrency,
    executeBody,
  };
}

function newRun(): RunIdentity {
  const runId = randomUUID();
  return { runId, key: runId, startedAt: Date.now(), record: undefined };
}

function packRun({ ast, workNodes }: RunnableFlow, identity: RunIdentity, options: RunOptions): RunPackage {
  const env = options.env ?? process.env;
  return {
    ...identity,
    flowDirectory: path.dirname(path.resolve(ast.file)),
    nodes: workNodes,
    ...resolveGiven(ast, options.config ?? {}, options.secrets ?? env),
    env: resolveEnv(ast, env),
  };
}

/** The one place where events leave the run. `Object.assign`, since V8 takes several times longer to spread an event and add fields to it. */
function stamp(runId: string, onEvent: RunOptions['onEvent'], redactor: Redactor): (event: UnstampedEvent) => void {
  if (!onEvent) return () => {};
  return (event) => {
    tell(() => onEvent(Object.assign({}, redacted(event, redactor), { runId, at: Date.now() }) as FlowEvent));
  };
}

/** The rest of an event is numbers, and names from the flow file. */
function redacted(event: UnstampedEvent, redactor: Redactor): UnstampedEvent {
  if (event.type === 'log') return { ...event, message: redactor.text(event.message) };
  return 'error' in event ? { ...event, error: redactor.value(event.error) } : event;
}

async function withinTime(
  options: RunOptions,
  { workflow: ast, stopped }: Run,
  execute: (signal: AbortSignal) => Promise<PlanOutcome>,
): Promise<PlanOutcome> {
  const timeoutMs = options.timeoutMs ?? ast.timeoutMs;
  const { controller, unlink } = linkedAbort(options.signal);
  const expire = (): void => {
    const timeout = new FlowError('FLOW_TIMEOUT', `the run took longer than ${timeoutMs} ms`, {
      source: ast.at,
      hint: 'Raise the timeout, make what was running faster, or give it a `timeout` of its own with a `<retry>` or `<fallback>`.',
    });
    stopped.begin(timeout);
    controller.abort(timeout);
  };
  const stopTimer = timeoutMs === undefined ? undefined : startTimer(timeoutMs, expire);
  try {
    return await execute(controller.signal);
  } finally {
    stopTimer?.();
    unlink();
  }
}
