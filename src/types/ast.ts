import type { ExpressionSource, SourcePosition } from './source.js';

/** One flow file, read and checked element by element. Plain structured-cloneable data. */
export interface WorkflowAST {
  readonly name: string;
  readonly version: string | undefined;
  /** Absolute path of the flow file, or a label such as `<text>` when it came from memory. */
  readonly file: string;
  readonly at: SourcePosition;
  readonly maxConcurrency: number | undefined;
  readonly schedule: 'ready' | 'waves';
  readonly timeoutMs: number | undefined;
  readonly params: readonly ParamAST[];
  readonly secrets: readonly DeclarationAST[];
  readonly env: readonly DeclarationAST[];
  readonly nodes: readonly NodeAST[];
  readonly output: ExpressionSource | undefined;
  readonly onError: readonly NodeAST[] | undefined;
  readonly finally: readonly NodeAST[] | undefined;
}

export interface ParamAST {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'json';
  /** Already of the declared type; `undefined` means the caller must give the value. */
  readonly default: unknown;
  readonly description: string | undefined;
  readonly at: SourcePosition;
}

export interface DeclarationAST {
  readonly name: string;
  readonly at: SourcePosition;
}

/** What every node has. A body is an ordered `NodeAST[]`. */
export interface NodeBase {
  /** Unique in the file. Nodes that may be written without one (`set`, `fail`, `phase`, `break`) get `$kind-n`, which no author can write. */
  readonly id: string;
  readonly at: SourcePosition;
  readonly input: ExpressionSource | undefined;
  readonly when: ExpressionSource | undefined;
  readonly after: readonly string[];
  /** Per attempt, from the moment the attempt runs. */
  readonly timeoutMs: number | undefined;
  /** The author's estimate of how long the node takes. */
  readonly costMs: number | undefined;
  readonly retries: readonly RetryPolicy[];
  readonly fallback: readonly NodeAST[] | undefined;
  /** Whether results are used again in other runs, here and in the bodies below; undefined: as around it. */
  readonly cache?: boolean | undefined;
}

export type NodeAST = WorkNode | ParallelNode | ForeachNode | IfNode | BranchNode | LoopNode | WhileNode | PhaseNode | BreakNode;

/** A node a dispatcher can run: sources, transforms, sinks, `set`, `fail` and registered types. */
export interface WorkNode extends NodeBase {
  readonly kind: 'work';
  /** `source:http`, `transform:map`, `set`, `fail` … */
  readonly type: string;
  /**
   * Checked settings by name: plain values, and `Evaluable`s (also inside lists, as in `headers`)
   * that become values before the node runs.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Heap limit of the thread that runs it, in MiB; doubled on each retry after it was reached. */
  readonly memoryMb?: number | undefined;
}

export interface ParallelNode extends NodeBase {
  readonly kind: 'parallel';
  readonly branches: NodeAST[][];
  /** Same order and length as `branches`. */
  readonly branchConfigs: readonly BranchArm[];
  readonly maxConcurrency: number | undefined;
  readonly join: Join;
  readonly losers: 'cancel' | 'wait';
  readonly onError: FailurePolicy;
  readonly merge: Merge;
  readonly conflict: ConflictPolicy;
}

export interface BranchArm {
  readonly name: string | undefined;
  readonly when: ExpressionSource | undefined;
  readonly at: SourcePosition;
}

export interface ForeachNode extends NodeBase {
  readonly kind: 'foreach';
  readonly items: ExpressionSource;
  /** Name the body sees the element under. */
  readonly item: string;
  /** Name the body sees the 0-based position under. */
  readonly index: string;
  readonly body: readonly NodeAST[];
  readonly maxConcurrency: number | undefined;
  readonly batch: 'auto' | number;
  readonly join: Join;
  readonly losers: 'cancel' | 'wait';
  readonly onError: FailurePolicy;
  readonly toleratedFailures: Quota | undefined;
  readonly merge: Merge;
  readonly conflict: ConflictPolicy;
}

export interface IfNode extends NodeBase {
  readonly kind: 'if';
  readonly condition: ExpressionSource;
  readonly then: readonly NodeAST[];
  readonly else: readonly NodeAST[] | undefined;
}

export interface BranchNode extends NodeBase {
  readonly kind: 'branch';
  readonly matches: readonly MatchArm[];
  readonly otherwise: readonly NodeAST[] | undefined;
}

export interface MatchArm {
  readonly when: ExpressionSource;
  readonly body: readonly NodeAST[];
  readonly at: SourcePosition;
}

export interface LoopNode extends NodeBase {
  readonly kind: 'loop';
  readonly body: readonly NodeAST[];
  readonly maxIterations: number;
  readonly onMax: 'fail' | 'continue';
}

export interface WhileNode extends NodeBase {
  readonly kind: 'while';
  readonly condition: ExpressionSource;
  readonly body: readonly NodeAST[];
  readonly maxIterations: number;
  readonly onMax: 'fail' | 'continue';
}

export interface PhaseNode extends NodeBase {
  readonly kind: 'phase';
  readonly name: string;
  readonly body: readonly NodeAST[];
}

/** Leaves the nearest enclosing `loop` or `while` when `when` holds (always, without one). */
export interface BreakNode extends NodeBase {
  readonly kind: 'break';
}

/** How many successes end a block. `percent` is of all branches or items, rounded up. */
export type Join = { readonly kind: 'all' } | { readonly kind: 'any' } | ({ readonly kind: 'quota' } & Quota);

export interface Quota {
  readonly unit: 'count' | 'percent';
  readonly amount: number;
}

export type FailurePolicy = 'fail-fast' | 'finish' | 'wait' | 'continue';
export type Merge = 'array' | 'concat' | 'object' | ExpressionSource;
export type ConflictPolicy = 'error' | 'first' | 'last' | 'list';

export interface RetryPolicy {
  /** Re-tries after the first attempt; 0 means never. */
  readonly limit: number;
  readonly delayMs: number;
  readonly backoff: 'exponential' | 'linear' | 'constant';
  readonly factor: number;
  readonly maxDelayMs: number | undefined;
  readonly jitter: 'full' | 'none';
  readonly when: ExpressionSource | undefined;
  readonly at: SourcePosition;
}
