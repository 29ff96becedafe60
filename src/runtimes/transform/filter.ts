import { requireList } from '../input.js';
import { applyAt, requireCondition } from '../lambda.js';
import type { ExecutionParams, Lambda, NodeRuntime } from '../types.js';

export interface FilterConfig {
  /** Sees `item` and `index`; must give true or false. */
  readonly expression: Lambda;
}

/**
 * Output: the elements for which the expression is true, in order.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list, FLOW_EXPRESSION_FAILED when the expression gives no boolean
 */
export class FilterRuntime implements NodeRuntime<FilterConfig, unknown, unknown[]> {
  readonly type = 'transform:filter';

  execute({ config, input }: ExecutionParams<FilterConfig>): unknown[] {
    return Array.from(requireList(input, this.type)).filter((item, index) =>
      requireCondition(applyAt(config.expression, { item, index }, index), `\`expression\` of ${this.type} at index ${index}`),
    );
  }
}
