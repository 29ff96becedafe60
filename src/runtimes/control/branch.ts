import { requireCondition } from '../lambda.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import { createBrand } from './brand.js';
import type { BranchConfig, BranchResult } from './types.js';

const brand = createBrand<BranchResult>();

/** True only for what `BranchRuntime` gave back. */
export function isBranchResult(value: unknown): value is BranchResult {
  return brand.has(value);
}

/**
 * Says which body of a `<branch>` is to run, and runs nothing. The first match that holds wins.
 * @throws FlowError FLOW_EXPRESSION_FAILED when a `when` gives neither true nor false
 */
export class BranchRuntime implements NodeRuntime<BranchConfig, unknown, BranchResult> {
  readonly type = 'control:branch';

  execute({ config }: ExecutionParams<BranchConfig>): BranchResult {
    const { matches, otherwise } = config;
    const match = matches.findIndex(({ when }, index) => requireCondition(when({}), `\`when\` of match ${index + 1}`));
    const body = matches[match]?.body;
    if (body !== undefined) return brand.mark({ taken: 'match', match, body });
    return brand.mark(otherwise === undefined ? { taken: 'none', body: [] } : { taken: 'otherwise', body: otherwise });
  }
}
