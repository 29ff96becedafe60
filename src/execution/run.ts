import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Dispatcher, RunPackage } from '../dispatch/types.js';
import { FlowError } from '../errors/flow-error.js';
import { createRedactor, type Redactor } from '../errors/redact.js';
import type { RuntimeRegistry } from '../runtimes/registry.js';
import type { Plan } from '../scheduler/index.js';
import { createState } from '../state/index.js';
import { SnapshotShelf } from '../transport/snapshot.js';
import type { WorkflowAST, WorkNode } from '../types/ast.js';
import type { CacheReport } from '../types/cache.js';
import type { FaultKind, FlowEvent } from '../types/events.js';
import type { ExecutionState } from '../types/state.js';
import type { Analysis } from '../validation/index.js';
import { linkedAbort } from './abort.js';
import { executeBody } from './body.js';
import { Chaos, type ChaosOptions } from './chaos.js';
import { executePlan, type PlanOutcome } from './executor.js';
import { type Decisions, type KnownOutcomes, Memory } from './known-outcomes.js';
import type { Run, UnstampedEvent } from './scope.js';
import { BodyPlans } from './segments.js';
import { resolveConfig, resolveEnv, resolveSecrets } from './settings.js';
import { startTimer } from './timer.js';

export interface RunOptions {
  /** What nodes without `input` get, and `run.input`. @default null */
  readonly input?: unknown;
  /** Values for the flow's `<param>`s, of their declared types. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Values for the flow's `<secret>`s. @default the environment's */
  readonly secrets?: Readonly<Record<string, string | undefined>>;
  /** Where `<var>`s are read from. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Cancels the run: nothing more starts, running work is stopped. */
  readonly signal?: AbortSignal;
  /** For the whole run; overrides the flow's. */
  readonly timeoutMs?: number;
  /** Lets attempts fail on purpose, to test retries and fallbacks. @default none */
  readonly chaos?: ChaosOptions;
  /** Told of everything as it happens. What it throws is ignored. */
  readonly onEvent?: (event: FlowEvent) => void;
  /**
   * Whether results of other runs are used again: of every node whose result can be (`true`), of none (`false`), or of those that
   * the flow marks `cache="true"`. @default the flow's marks
   */
  readonly cache?: boolean;
  /**
   * Keeps how long each node took in `stateDirectory`, and starts nodes by what they took the last time. A folder that cannot be
   * written to changes nothing else. @default false
   */
  readonly timings?: boolean;
  /**
   * Leaves a record of the run in `stateDirectory`, from which it can be resumed; `keep`: of so many runs of a flow, by
   * default 20. @default false
   */
  readonly record?: boolean | { readonly keep?: number };
  /** @default `.flowscript` in the folder of the flow file */
  readonly stateDirectory?: string;
  /**
   * Goes on with a recorded run of this flow: the last one, or that of an id (its first characters will do). What has finished
   * does not run again as long as it would do the same with the same values. Input and config are the run's own unless given.
   */
  readonly resume?: string;
  /**
   * Told what the caller should know and what is no failure: that the record or the cache cannot be written, or what is resumed.
   * @default process.emitWarning, for warnings
   */
  readonly onNotice?: (message: string, level: 'info' | 'warning') => void;
}

/** How a run ended. A failed one still has everything that finished. */
export interface RunResult {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** Value of `<output>`, else the last top-level node's output; `null` unless completed. */
  readonly output: unknown;
  /** What ended the run; further failures are in its `errors`. */
  readonly error?: FlowError;
  readonly state: ExecutionState;
  readonly runId: string;
  readonly durationMs: number;
  readonly mode: string;
  /** Tasks that could run at one time. */
  readonly maxConcurrency: number;
  /** Failures of branches and items that blocks let pass: `onError="continue"`, `toleratedFailures`, a `join` reached without them. */
  readonly ignoredFailures: number;
  /** What the cache had of each node, and why not more; present when the run had anything to do with it. */
  readonly cache?: CacheReport;
  /** With `chaos`: how many faults were injected. */
  readonly faults?: Readonly<Record<FaultKind, number>>;
}

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
  const outcome = await withinTime(options, ast, (signal) => executePlan(run, plan, state, signal));
  await run.memory.settled();
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
    memory: new Memory(known),
    decisions: surroundings.decisions,
    streams: new Map(),
    registry,
    ...voice,
    ignored: { failures: 0 },
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
    config: resolveConfig(ast, options.config ?? {}),
    secrets: resolveSecrets(ast, options.secrets ?? env),
    env: resolveEnv(ast, env),
  };
}

/** The one place where events leave the run. A listener's own fault must not change what the run does. */
function stamp(runId: string, onEvent: RunOptions['onEvent'], redactor: Redactor): (event: UnstampedEvent) => void {
  if (!onEvent) return () => {};
  return (event) => {
    try {
      onEvent({ ...redacted(event, redactor), runId, at: Date.now() } as FlowEvent);
    } catch {
      // Told in the documentation of `onEvent`.
    }
  };
}

/** The rest of an event is numbers, and names from the flow file. */
function redacted(event: UnstampedEvent, redactor: Redactor): UnstampedEvent {
  if (event.type === 'log') return { ...event, message: redactor.text(event.message) };
  return 'error' in event ? { ...event, error: redactor.value(event.error) } : event;
}

async function withinTime(
  options: RunOptions,
  ast: WorkflowAST,
  execute: (signal: AbortSignal) => Promise<PlanOutcome>,
): Promise<PlanOutcome> {
  const timeoutMs = options.timeoutMs ?? ast.timeoutMs;
  const { controller, unlink } = linkedAbort(options.signal ?? new AbortController().signal);
  const timeout = new FlowError('FLOW_TIMEOUT', `the run took longer than ${timeoutMs} ms`, {
    source: ast.at,
    hint: 'Raise the timeout, or make the flow faster: flowscript plan shows its critical path.',
  });
  const stopTimer = timeoutMs === undefined ? undefined : startTimer(timeoutMs, () => controller.abort(timeout));
  try {
    return await execute(controller.signal);
  } finally {
    stopTimer?.();
    unlink();
  }
}
