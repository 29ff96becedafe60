import { describeValue } from '../../errors/describe-value.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import { assertBody, assertLimit } from './assert-config.js';
import { createBrand } from './brand.js';
import type { ParallelConfig, ParallelResult } from './types.js';

const brand = createBrand<ParallelResult>();

/** True only for what `ParallelRuntime` gave back; an answer that merely looks like it is data. */
export function isParallelResult(value: unknown): value is ParallelResult {
  return brand.has(value);
}

/**
 * Describes a `<parallel>` block and runs nothing.
 * @throws TypeError for branches that are no lists of nodes, or a limit below 1
 */
export class ParallelRuntime implements NodeRuntime<ParallelConfig, unknown, ParallelResult> {
  readonly type = 'control:parallel';

  execute({ config }: ExecutionParams<ParallelConfig>): ParallelResult {
    const { branches, maxConcurrency } = config;
    if (!Array.isArray(branches))
      throw new TypeError(`Expected \`branches\` to be a list of bodies, got ${describeValue(branches)}.`);
    branches.forEach((body, index) => {
      assertBody(body, `branches[${index}]`);
    });
    assertLimit(maxConcurrency, 'maxConcurrency');
    return brand.mark({ branches, branchCount: branches.length, ...(maxConcurrency === undefined ? {} : { maxConcurrency }) });
  }
}
