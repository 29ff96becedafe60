import { requireCondition } from '../lambda.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import { assertBody, assertLimit } from './assert-config.js';
import { createBrand } from './brand.js';
import type { WhileConfig, WhileResult } from './types.js';

const brand = createBrand<WhileResult>();

/** True only for what `WhileRuntime` gave back. */
export function isWhileResult(value: unknown): value is WhileResult {
  return brand.has(value);
}

/**
 * Describes a `<while>` and runs nothing; its condition is asked by who carries it out.
 * @throws TypeError for a body that is no list of nodes, or a limit below 1
 */
export class WhileRuntime implements NodeRuntime<WhileConfig, unknown, WhileResult> {
  readonly type = 'control:while';

  execute({ config }: ExecutionParams<WhileConfig>): WhileResult {
    const { body, maxIterations, onMax = 'fail', condition } = config;
    assertBody(body, 'body');
    assertLimit(maxIterations, 'maxIterations');
    return brand.mark({ body, maxIterations, onMax, condition: () => requireCondition(condition({}), '`condition` of while') });
  }
}
