import type { FlowError } from '../errors/flow-error.js';
import type { NodeRuntime, VariableScope } from '../runtimes/types.js';
import type { HeldValue } from '../state/index.js';
import type { WorkNode } from '../types/ast.js';
import type { FaultKind, LogLevel } from '../types/events.js';
import type { ExpressionSource, LambdaSource, TemplateSource } from '../types/source.js';

/** Everything of a flow and a run that every task of the run shares. Reaches each worker once. */
export interface RunPackage {
  /** Unique per run. */
  readonly key: string;
  readonly runId: string;
  readonly flowDirectory: string;
  /** Every work node by id, settings included. */
  readonly nodes: Readonly<Record<string, WorkNode>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly startedAt: number;
  /** Where outcomes are noted. @default nowhere */
  readonly record?: RecordPlace | undefined;
}

export interface RecordPlace {
  /** Start of the names of the journals; each thread has one. */
  readonly journals: string;
  /** One Int32: not 0 once something could not be written, whoever found out. */
  readonly trouble: SharedArrayBuffer;
}

/** A segment: plain work nodes run in order, on one or more iterations. */
export interface Task {
  readonly run: RunPackage;
  /** Node ids, in order. What passes between them stays where they run. */
  readonly nodeIds: readonly string[];
  /** Ids whose outputs the reply must carry; the rest stay in the worker. */
  readonly keep: readonly string[];
  /** Other tasks may read what is kept; else it is only wanted on the dispatching side. @default true */
  readonly travels?: boolean | undefined;
  /** Names every iteration sees. */
  readonly shared: Slice;
  /** At least one. */
  readonly iterations: readonly Iteration[];
  /** Higher first. */
  readonly priority: number;
  /** Heap limit of the thread that runs it, in MiB. @default the dispatcher's */
  readonly memoryMb?: number | undefined;
  /** Its iterations may run on several threads at one time. @default false */
  readonly isDivisible?: boolean | undefined;
  /** How the threads that run it note in the run's record what they have finished. @default not at all */
  readonly record?: TaskRecord | undefined;
  /** Once an iteration has failed no other one starts; the rest is cancelled. @default false */
  readonly stopsAtFailure?: boolean | undefined;
  /** What attempts of it are to meet on purpose, by iteration. */
  readonly faults?: Faults | undefined;
}

export type Faults = Readonly<Record<number, readonly Fault[]>>;

/** Meets an attempt before its node's own code runs. */
export interface Fault {
  /** Position in the segment. */
  readonly node: number;
  readonly kind: FaultKind;
  /** How long a delay lasts; after how long a hanging attempt is timed out, unless its node says sooner. */
  readonly ms: number;
}

/** Under which keys the outcomes of a task's iterations are noted. */
export interface TaskRecord {
  /** What the task does, and with what: the start of every key. */
  readonly base: string;
  /** How the outcomes of its first nodes are noted: they stay known when a later one is edited. */
  readonly frontsOf: () => TaskFronts;
  /** Path of what is around. Where `isIndexed`, that of an iteration is `prefix[index]/`. */
  readonly prefix: string;
  readonly isIndexed: boolean;
  /** What tells the values of an iteration that is not plain from others. */
  readonly digestOf: (iteration: Iteration) => string;
}

/** By node: what it and those before it do, with the values that they read, and no more. */
export interface TaskFronts {
  /** What they do, and with which shared values: the start of every key. */
  readonly bases: readonly string[];
  /** What each by itself reads of an iteration's names. */
  readonly names: readonly NamesRead[];
  /** What tells what they read of an iteration from others. */
  readonly digestsOf: (iteration: Iteration) => readonly string[];
}

/** How much of each name is read, as it travels; 0 stands for all of a value. */
export type NamesRead = readonly (readonly [name: string, of: NamesRead | 0])[];

/**
 * The values a task reads, and no more: expression roots by name (`input`, `item`, `vars`, `branch`, `error` …), and under
 * `nodes` the results of other nodes by id. `run`, `config`, `secrets` and `env` come from the package, except `run.input`,
 * which comes as the root `$run.input` where it is read.
 */
export interface Slice {
  readonly names: Readonly<Record<string, unknown>>;
  readonly nodes: Readonly<Record<string, unknown>>;
  /** What travels as snapshots; `null` stands in its places. */
  readonly held?: readonly HeldValue[] | undefined;
}

export interface Iteration {
  /** Attempt of the segment's first node, from 1; the others always start at 1. */
  readonly attempt: number;
  /** `foreach` position and `parallel` branch for the user's context, where there is one. */
  readonly index: number | undefined;
  readonly branch: number | undefined;
  /** The body's own input: what the first node gets when it names no `input`. May be a `Snapshot`, as `item` may. */
  readonly input: unknown;
  readonly item: unknown;
  /** Names only this iteration sees; they hide `shared` ones. */
  readonly slice: Slice;
}

export interface TaskReply {
  /** Same order and length as `Task.iterations`. Who takes them may put an empty list in their place, to be rid of them. */
  outcomes: readonly IterationOutcome[];
}

export type IterationOutcome =
  | { readonly status: 'completed'; readonly nodes: readonly NodeRecord[] }
  | {
      readonly status: 'failed';
      /** Nodes that finished before the failing one. */
      readonly nodes: readonly NodeRecord[];
      /** It is known from before and was made up for: no further attempt. */
      readonly isHandled?: boolean | undefined;
      /** The node that failed: the one that ran when the worker died, if it died. */
      readonly nodeId: string;
      readonly error: FlowError;
      readonly startedAt: number;
      readonly durationMs: number;
    };

export interface NodeRecord {
  readonly id: string;
  readonly status: 'completed' | 'skipped';
  /** Present for kept nodes: `null` when skipped, own copy otherwise; a `Snapshot` of it when it is large. */
  readonly output?: unknown;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly writes: readonly VariableWrite[];
  /** Where it ran, when the dispatcher had a choice. */
  readonly place?: 'main' | 'worker' | undefined;
  /** It did not run: where its outcome is known from. */
  readonly reused?: 'resume' | 'cache' | undefined;
}

export interface VariableWrite {
  readonly name: string;
  readonly value: unknown;
  readonly scope: VariableScope;
}

export type TaskEvent =
  | {
      readonly type: 'log';
      readonly nodeId: string;
      readonly iteration: number;
      readonly level: LogLevel;
      readonly message: string;
    }
  | {
      readonly type: 'progress';
      readonly nodeId: string;
      readonly iteration: number;
      readonly done: number;
      readonly total: number | undefined;
    }
  | {
      readonly type: 'fault';
      readonly nodeId: string;
      readonly iteration: number;
      readonly kind: FaultKind;
      readonly attempt: number;
    }
  /** Iterations that finished while the rest of the task goes on. */
  | { readonly type: 'finished'; readonly count: number };

/** What a body needs of the rooms below to run a node. */
export interface TaskEnvironment {
  compileExpression(source: ExpressionSource | LambdaSource): CompiledSetting;
  compileTemplate(source: TemplateSource): CompiledSetting;
  /** @throws FlowError when the type is unknown */
  getRuntime(type: string): NodeRuntime;
}

export interface CompiledSetting {
  evaluate(lookup: Lookup): unknown;
}

/** The value of a name that an expression reads; `undefined` when there is none. */
export type Lookup = (name: string) => unknown;
