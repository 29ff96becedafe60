import { requireList } from '../input.js';
import { applyAt } from '../lambda.js';
import type { ExecutionParams, Lambda, NodeRuntime } from '../types.js';

export interface MapConfig {
  /** Sees `item` and `index`. */
  readonly expression: Lambda;
}

/**
 * Output: the expression's value for each element, in order.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list
 */
export class MapRuntime implements NodeRuntime<MapConfig, unknown, unknown[]> {
  readonly type = 'transform:map';

  execute({ config, input }: ExecutionParams<MapConfig>): unknown[] {
    return Array.from(requireList(input, this.type), (item, index) => applyAt(config.expression, { item, index }, index));
  }
}
