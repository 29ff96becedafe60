import { exchange } from '../http/exchange.js';
import type { HttpConfig } from '../http/request.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface HttpSourceConfig extends HttpConfig {
  /** Text and bytes are sent as they are, other values as JSON. */
  readonly body?: unknown;
}

/** Output: the parsed body of the answer, or what `extract` makes of it. */
export class HttpSourceRuntime implements NodeRuntime<HttpSourceConfig> {
  readonly type = 'source:http';

  execute({ config, context }: ExecutionParams<HttpSourceConfig>): Promise<unknown> {
    return exchange(config, config.body, this.type, context);
  }
}
