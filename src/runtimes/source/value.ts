import { parseJson } from '../formats/parse-json.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

/** Exactly one of the two is there. */
export interface ValueSourceConfig {
  /** An evaluated expression. */
  readonly value?: unknown;
  /** JSON text, which the flow's validation has parsed once already. */
  readonly json?: string | undefined;
}

/** Output: the value itself; a fresh copy each time when it was given as JSON. */
export class ValueSourceRuntime implements NodeRuntime<ValueSourceConfig> {
  readonly type = 'source:value';

  execute({ config }: ExecutionParams<ValueSourceConfig>): unknown {
    return config.json === undefined ? config.value : parseJson(config.json, 'The value');
  }
}
