import { exchange } from '../http/exchange.js';
import type { HttpConfig } from '../http/request.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

/** Sends the input as the body. Output: the parsed body of the answer, or what `extract` makes of it. */
export class HttpSinkRuntime implements NodeRuntime<HttpConfig> {
  readonly type = 'sink:http';

  execute({ config, input, context }: ExecutionParams<HttpConfig>): Promise<unknown> {
    return exchange({ ...config, method: config.method ?? 'POST' }, input, this.type, context);
  }
}
