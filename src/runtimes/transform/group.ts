import { requireList } from '../input.js';
import { applyAt } from '../lambda.js';
import type { ExecutionParams, Lambda, NodeRuntime } from '../types.js';
import { canonicalKey } from './canonical-key.js';

export interface GroupConfig {
  /** Sees `item` and `index`. */
  readonly key: Lambda;
}

export interface Group {
  readonly key: unknown;
  /** In their order in the input. */
  readonly items: unknown[];
}

/**
 * Output: one group for each key, in the order in which keys first appear; keys are compared deeply.
 * @throws FlowError NODE_INPUT_INVALID when the input is no list
 */
export class GroupRuntime implements NodeRuntime<GroupConfig, unknown, Group[]> {
  readonly type = 'transform:group';

  execute({ config, input }: ExecutionParams<GroupConfig>): Group[] {
    const groups = new Map<string, Group>();
    Array.from(requireList(input, this.type)).forEach((item, index) => {
      const key = applyAt(config.key, { item, index }, index);
      const name = canonicalKey(key);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, { key, items: [item] });
      else group.items.push(item);
    });
    return [...groups.values()];
  }
}
