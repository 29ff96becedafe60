import type { VariableScope } from '../../types/state.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface SetConfig {
  readonly name: string;
  /** An evaluated expression. */
  readonly value: unknown;
  /** @default "node" */
  readonly scope?: VariableScope | undefined;
}

/** Writes a variable. Output: its value. */
export class SetRuntime implements NodeRuntime<SetConfig> {
  readonly type = 'set';

  execute({ config, context }: ExecutionParams<SetConfig>): unknown {
    context.setVariable(config.name, config.value, config.scope ?? 'node');
    return config.value;
  }
}
