import type { z } from 'zod';
import type { LogLevel } from '../types/events.js';
import type { VariableScope } from '../types/state.js';

export type { VariableScope };

/**
 * What one node type means. Runs in a worker (or on this thread in `async` mode) and must not keep state between calls.
 * Control types describe and never act: they return a branded description that the executor carries out.
 */
export interface NodeRuntime<Config = unknown, Input = unknown, Output = unknown> {
  readonly type: string;
  /**
   * Settings schema of a type registered by a plugin; without one every attribute is a template that arrives
   * in `config` as text. Built-in types keep theirs apart, so that workers need not load zod.
   */
  readonly settings?: z.ZodObject;
  execute(params: ExecutionParams<Config, Input>): Output | Promise<Output>;
}

export interface ExecutionParams<Config = unknown, Input = unknown> {
  /** Checked settings; expressions and templates already evaluated, lambdas as `Lambda` functions. */
  readonly config: Config;
  /** The node's own copy of its input. */
  readonly input: Input;
  readonly context: NodeExecutionContext;
}

/** An expression evaluated per element. Names that the setting binds come in `bindings`. */
export type Lambda = (bindings: Readonly<Record<string, unknown>>) => unknown;

/** What a node may know of the run it is part of. A user function gets this plus its `options`. */
export interface NodeExecutionContext {
  readonly nodeId: string;
  readonly runId: string;
  /** Folder of the flow file; relative paths start here. */
  readonly flowDirectory: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Current element and position in the nearest `foreach`. */
  readonly item: unknown;
  readonly index: number | undefined;
  /** 0-based branch of the nearest `parallel`. */
  readonly branch: number | undefined;
  /** From 1. */
  readonly attempt: number;
  /** Aborts on timeout and cancel. Asking for it buys the grace period before the thread is ended. */
  readonly signal: AbortSignal;
  /** The same as `signal.aborted`, readable from a loop that never yields. */
  isCancelled(): boolean;
  log(message: string, level?: LogLevel): void;
  progress(done: number, total?: number): void;
  /** Writes a variable (`set`); the executor carries it to its scope. */
  setVariable(name: string, value: unknown, scope: VariableScope): void;
}
