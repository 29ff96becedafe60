import type { ExecutionParams, NodeRuntime } from '../types.js';
import { assertBody, assertLimit } from './assert-config.js';
import { createBrand } from './brand.js';
import type { LoopConfig, LoopResult } from './types.js';

const brand = createBrand<LoopResult>();

/** True only for what `LoopRuntime` gave back. */
export function isLoopResult(value: unknown): value is LoopResult {
  return brand.has(value);
}

/**
 * Describes a `<loop>` and runs nothing.
 * @throws TypeError for a body that is no list of nodes, or a limit below 1
 */
export class LoopRuntime implements NodeRuntime<LoopConfig, unknown, LoopResult> {
  readonly type = 'control:loop';

  execute({ config }: ExecutionParams<LoopConfig>): LoopResult {
    const { body, maxIterations, onMax = 'fail' } = config;
    assertBody(body, 'body');
    assertLimit(maxIterations, 'maxIterations');
    return brand.mark({ body, maxIterations, onMax });
  }
}
