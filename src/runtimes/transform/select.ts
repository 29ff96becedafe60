import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface SelectConfig {
  /** Evaluated already, with `input`. */
  readonly expression: unknown;
}

/** Output: the expression's value. */
export class SelectRuntime implements NodeRuntime<SelectConfig> {
  readonly type = 'transform:select';

  execute({ config }: ExecutionParams<SelectConfig>): unknown {
    return config.expression;
  }
}
