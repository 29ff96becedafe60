import type { LogLevel } from '../types/events.js';

/** What a user function learns besides its input. */
export interface TransformContext<Options = Readonly<Record<string, unknown>>> {
  /** The `<option>`s and unknown attributes of the node, by name. */
  readonly options: Options;
  /** The flow's settings. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Element and 0-based position of the nearest `foreach`. */
  readonly item: unknown;
  readonly index: number | undefined;
  /** 0-based branch of the nearest `parallel`. */
  readonly branch: number | undefined;
  /** From 1. */
  readonly attempt: number;
  readonly runId: string;
  /** Aborts on timeout and cancel. Reading it buys a grace period before the thread is ended. */
  readonly signal: AbortSignal;
  /** The same as `signal.aborted`, for loops that never yield. Asking buys the grace period too. */
  isCancelled(): boolean;
  /** @param level @default "info" */
  log(message: string, level?: LogLevel): void;
  progress(done: number, total?: number): void;
}

export type TransformFunction<In = unknown, Out = unknown, Options = Readonly<Record<string, unknown>>> = (
  input: In,
  context: TransformContext<Options>,
) => Out | Promise<Out>;

export interface TransformDefinition<In = unknown, Out = unknown, Options = Readonly<Record<string, unknown>>> {
  /** Promises that the function never writes to its input, which then need not be copied for it. @default false */
  readonly readonly?: boolean;
  /**
   * Promises that the function touches neither its input nor what it has returned again once it has returned. Large typed arrays
   * then come in shared memory of their own, and go on without a copy. With `readonly` too they are read where they lie, and nothing
   * stops a write to them, which others see. @default false
   */
  readonly handsOver?: boolean;
  readonly run: TransformFunction<In, Out, Options>;
}

/**
 * Types a user function. Gives back what it got.
 * @example export default defineTransform<Order[], number>((orders) => orders.length);
 */
export function defineTransform<In = unknown, Out = unknown, Options = Readonly<Record<string, unknown>>>(
  run: TransformFunction<In, Out, Options>,
): TransformFunction<In, Out, Options>;
/** The same for a function with promises about itself: `defineTransform({ readonly: true, run })`. */
export function defineTransform<In = unknown, Out = unknown, Options = Readonly<Record<string, unknown>>>(
  definition: TransformDefinition<In, Out, Options>,
): TransformDefinition<In, Out, Options>;
export function defineTransform(transform: TransformFunction | TransformDefinition): TransformFunction | TransformDefinition {
  return transform;
}
