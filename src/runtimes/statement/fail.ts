import { FlowError } from '../../errors/flow-error.js';
import { toText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface FailConfig {
  /** @default "NODE_FAILED" */
  readonly code?: unknown;
  /** @default "The flow failed on purpose." */
  readonly message?: unknown;
}

/**
 * Fails on purpose.
 * @throws FlowError with the author's code and message, always
 */
export class FailRuntime implements NodeRuntime<FailConfig, unknown, never> {
  readonly type = 'fail';

  execute({ config }: ExecutionParams<FailConfig>): never {
    throw new FlowError(toText(config.code) || 'NODE_FAILED', toText(config.message) || 'The flow failed on purpose.');
  }
}
