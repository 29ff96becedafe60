import type { NodeAST } from '../../types/ast.js';
import type { Lambda } from '../types.js';

export interface ParallelConfig {
  /** Each branch is an ordered body. */
  readonly branches: NodeAST[][];
  /** Branches that may run at one time. @default the flow's */
  readonly maxConcurrency?: number | undefined;
}

/** What `<parallel>` asks the executor to do. */
export interface ParallelResult {
  readonly branches: NodeAST[][];
  readonly branchCount: number;
  readonly maxConcurrency?: number;
}

export interface ForeachConfig {
  /** The evaluated list. */
  readonly items: unknown;
  readonly body: readonly NodeAST[];
  /** @default "item" */
  readonly item?: string | undefined;
  /** @default "index" */
  readonly index?: string | undefined;
  /** Iterations that may run at one time. @default the flow's */
  readonly maxConcurrency?: number | undefined;
}

/** What `<foreach>` asks the executor to do. */
export interface ForeachResult {
  readonly items: ArrayLike<unknown>;
  readonly itemCount: number;
  readonly body: readonly NodeAST[];
  readonly item: string;
  readonly index: string;
  readonly maxConcurrency?: number;
}

export interface IfConfig {
  /** The evaluated condition; true or false. */
  readonly condition: unknown;
  readonly then: readonly NodeAST[];
  readonly else?: readonly NodeAST[] | undefined;
}

/** The body to run; none when the condition is false and there is no `else`. */
export interface IfResult {
  readonly taken: 'then' | 'else' | 'none';
  readonly body: readonly NodeAST[];
}

export interface BranchConfig {
  /** Tried in order; later conditions are not evaluated once one holds. */
  readonly matches: readonly { readonly when: Lambda; readonly body: readonly NodeAST[] }[];
  readonly otherwise?: readonly NodeAST[] | undefined;
}

/** The body to run. `match` is the position of the match that holds. */
export type BranchResult =
  | { readonly taken: 'match'; readonly match: number; readonly body: readonly NodeAST[] }
  | { readonly taken: 'otherwise' | 'none'; readonly body: readonly NodeAST[] };

export interface LoopConfig {
  readonly body: readonly NodeAST[];
  readonly maxIterations: number;
  /** @default "fail" */
  readonly onMax?: 'fail' | 'continue' | undefined;
}

/** What `<loop>` asks the executor to do. */
export interface LoopResult {
  readonly body: readonly NodeAST[];
  readonly maxIterations: number;
  readonly onMax: 'fail' | 'continue';
}

export interface WhileConfig extends LoopConfig {
  /** Evaluated before each iteration. */
  readonly condition: Lambda;
}

/** What `<while>` asks the executor to do. `condition` gives true or false, or throws FLOW_EXPRESSION_FAILED. */
export interface WhileResult extends LoopResult {
  condition(): boolean;
}
