import { requireCondition } from '../lambda.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import { assertBody } from './assert-config.js';
import { createBrand } from './brand.js';
import type { IfConfig, IfResult } from './types.js';

const brand = createBrand<IfResult>();

/** True only for what `IfRuntime` gave back. */
export function isIfResult(value: unknown): value is IfResult {
  return brand.has(value);
}

/**
 * Says which body of an `<if>` is to run, and runs nothing.
 * @throws FlowError FLOW_EXPRESSION_FAILED when the condition is neither true nor false
 */
export class IfRuntime implements NodeRuntime<IfConfig, unknown, IfResult> {
  readonly type = 'control:if';

  execute({ config }: ExecutionParams<IfConfig>): IfResult {
    assertBody(config.then, 'then');
    if (requireCondition(config.condition, '`condition` of if')) return brand.mark({ taken: 'then', body: config.then });
    if (config.else === undefined) return brand.mark({ taken: 'none', body: [] });
    return brand.mark({ taken: 'else', body: config.else });
  }
}
