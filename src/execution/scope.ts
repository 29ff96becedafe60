import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { RunPackage } from '../dispatch/types.js';
import { FlowError } from '../errors/flow-error.js';
import type { Redactor } from '../errors/redact.js';
import type { RuntimeRegistry } from '../runtimes/registry.js';
import type { Semaphore } from '../scheduler/index.js';
import type { VariableWrite } from '../state/index.js';
import type { SnapshotShelf } from '../transport/snapshot.js';
import type { NodeAST, WorkflowAST } from '../types/ast.js';
import type { FlowEvent } from '../types/events.js';
import type { BlockFailure, ExecutionState } from '../types/state.js';
import type { Analysis } from '../validation/index.js';
import type { BodyPlans } from './body-plans.js';
import type { Chaos } from './chaos.js';
import type { Decisions, KnownWork } from './known-outcomes.js';
import type { RowStream } from './row-stream.js';
import type { StoppedNodes } from './stopped-nodes.js';

/** What one run shares from its first node to its last. */
export interface Run {
  readonly workflow: WorkflowAST;
  readonly analysis: Analysis;
  readonly bodies: BodyPlans;
  readonly package: RunPackage;
  readonly input: unknown;
  /** Large values that were born on this thread, ready to travel. */
  readonly shelf: SnapshotShelf;
  readonly dispatcher: Dispatcher;
  readonly knownWork: KnownWork;
  /** Absent when the run is not recorded. */
  readonly decisions: Decisions | undefined;
  /** Rows on their way to a `foreach`, by its id. */
  readonly streams: Map<string, RowStream>;
  readonly registry: RuntimeRegistry;
  readonly emit: (event: UnstampedEvent) => void;
  /** Knows the run's secrets: no error keeps one. */
  readonly redactor: Redactor;
  /** Faults that attempts are to meet. */
  readonly chaos: Chaos | undefined;
  /** Failures that blocks let pass when they completed. */
  readonly ignored: { failures: number };
  readonly stopped: StoppedNodes;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  /** The flow's limit: what a block without one of its own gets. */
  readonly maxConcurrency: number;
  /** Runs a body; here so that blocks, which bodies import, need not import bodies. */
  readonly executeBody: (nodes: readonly NodeAST[], scope: Scope) => Promise<Outcome>;
}

/** An event before the run's id and the time are put on it. */
export type UnstampedEvent = FlowEvent extends infer Event
  ? Event extends FlowEvent
    ? Omit<Event, 'runId' | 'at'>
    : never
  : never;

/** A write that was made, and how to take it back. */
export interface AppliedWrite extends VariableWrite {
  readonly undo: () => void;
}

/** Where in the run something is executed. Never changed; a block passes its bodies a scope of their own. */
export interface Scope {
  readonly run: Run;
  /** Of this branch or iteration; the run's at the top. */
  readonly state: ExecutionState;
  /** Every variable written in this branch or iteration, in order. */
  readonly writes: AppliedWrite[];
  /** Names of the phases around, outermost first. */
  readonly phases: readonly string[];
  /** What a node without `input` gets; may be a `Snapshot`. */
  readonly input: unknown;
  /** Names bound by the blocks around: `item`, `index`, `error` …; the item may be a `Snapshot`. */
  readonly locals: Readonly<Record<string, unknown>>;
  readonly branch: number | undefined;
  readonly item: unknown;
  readonly index: number | undefined;
  /** Path of what is around: empty at the top, else such as `scored[3]/`. */
  readonly path: string;
  /** Attempts of the blocks around that are not their first: empty, or such as `scored#2/`. */
  readonly lineage: string;
  readonly signal: AbortSignal;
  /** Limits work outside any block; inside one, the block does. */
  readonly slots: Semaphore | undefined;
  readonly priority: number;
  /** Inside `foreach`, where events of single nodes would drown the rest, only failures are told. */
  readonly quiet: boolean;
}

/** What became of a body or a node; `output` may be a `Snapshot`. `broken`: a `<break>` is on its way to its loop. */
export type Outcome =
  | { readonly status: 'completed'; readonly output: unknown; readonly failures?: readonly BlockFailure[] | undefined }
  | { readonly status: 'broken'; readonly output: unknown }
  /** `output`: what a failed block's finished branches gave. */
  | { readonly status: 'failed'; readonly error: FlowError; readonly output?: unknown };

/** A block may also find that there is nothing to do: a `<branch>` without a match. */
export type BlockOutcome = Outcome | { readonly status: 'skipped' };

/** Whether an error is the echo of a cancel and no failure of its own. */
export function isCancel(error: FlowError, signal: AbortSignal): boolean {
  return signal.aborted && (error.code === 'RUN_CANCELLED' || error === signal.reason);
}

/** The error of work that was stopped: the signal's reason, as far as that is one of ours. */
export function cancelledBy(signal: AbortSignal): FlowError {
  const { reason } = signal as { reason: unknown };
  return reason instanceof FlowError ? reason : new FlowError('RUN_CANCELLED', 'the run was cancelled', { cause: reason });
}
