import { invalidInput, requireList } from '../input.js';
import { applyAt } from '../lambda.js';
import type { ExecutionParams, Lambda, NodeRuntime } from '../types.js';

export interface ReduceConfig {
  /** Sees `acc`, `item` and `index`. */
  readonly expression: Lambda;
  /** What `acc` is at first. @default the first element, and the walk begins at the second */
  readonly initial?: unknown;
}

/**
 * Output: `acc` after the last element.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list, or is empty and there is no `initial`
 */
export class ReduceRuntime implements NodeRuntime<ReduceConfig> {
  readonly type = 'transform:reduce';

  execute({ config, input }: ExecutionParams<ReduceConfig>): unknown {
    const list = requireList(input, this.type);
    const hasInitial = config.initial !== undefined;
    if (!hasInitial && list.length === 0) {
      throw invalidInput(
        `${this.type} without \`initial\``,
        'a list of at least one element',
        input,
        'Give `initial`, such as initial="0".',
      );
    }
    let acc: unknown = hasInitial ? config.initial : list[0];
    for (let index = hasInitial ? 0 : 1; index < list.length; index++) {
      acc = applyAt(config.expression, { acc, item: list[index], index }, index);
    }
    return acc;
  }
}
