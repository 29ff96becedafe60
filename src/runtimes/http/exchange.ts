import type { NodeExecutionContext } from '../types.js';
import { readAnswer, statusFailure } from './read-answer.js';
import { buildRequest, type HttpConfig } from './request.js';
import { send } from './send.js';

/**
 * One request and its answer: the parsed body, or what `extract` makes of it.
 * @throws FlowError HTTP_STATUS, HTTP_FAILED, PARSE_FAILED, URL_UNSAFE; the signal's reason on abort
 */
export async function exchange(
  config: HttpConfig,
  body: unknown,
  nodeType: string,
  context: NodeExecutionContext,
): Promise<unknown> {
  const request = buildRequest(config, body, nodeType, context);
  const { signal, secrets } = context;
  const response = await send(request, secrets, signal);
  if (!isOk(response.status, config.okStatus ?? [[200, 299]])) throw await statusFailure(response, request, secrets, signal);
  const answer = await readAnswer(response, request, config, signal);
  return config.extract === undefined ? answer : config.extract({ input: answer });
}

function isOk(status: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.some(([from, to]) => from <= status && status <= to);
}
