import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { isList, shortEnough } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import { assertBody, assertLimit } from './assert-config.js';
import { createBrand } from './brand.js';
import type { ForeachConfig, ForeachResult } from './types.js';

const brand = createBrand<ForeachResult>();

/** True only for what `ForeachRuntime` gave back. */
export function isForeachResult(value: unknown): value is ForeachResult {
  return brand.has(value);
}

/**
 * Describes a `<foreach>` block and runs nothing.
 * @throws FlowError NODE_INPUT_INVALID when `items` did not come out as a list, or as one too long
 * @throws TypeError for a body that is no list of nodes, or a limit below 1
 */
export class ForeachRuntime implements NodeRuntime<ForeachConfig, unknown, ForeachResult> {
  readonly type = 'control:foreach';

  execute({ config }: ExecutionParams<ForeachConfig>): ForeachResult {
    const { items, body, item = 'item', index = 'index', maxConcurrency } = config;
    assertBody(body, 'body');
    assertLimit(maxConcurrency, 'maxConcurrency');
    if (!isList(items)) {
      throw new FlowError('NODE_INPUT_INVALID', `\`items\` of foreach must come out as a list, got ${describeValue(items)}.`, {
        hint: 'Name the list inside it, such as items="api.output.rows".',
      });
    }
    shortEnough(items, '`items` of foreach');
    const limit = maxConcurrency === undefined ? {} : { maxConcurrency };
    return brand.mark({ items, itemCount: items.length, body, item, index, ...limit });
  }
}
