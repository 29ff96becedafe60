import { FlowError } from '../../errors/flow-error.js';
import type { NodeExecutionContext } from '../types.js';
import { readAnswer, statusFailure } from './read-answer.js';
import { buildRequest, type HttpConfig, type HttpRequest } from './request.js';
import { send } from './send.js';

const defaultMaxTimeMs = 10 * 60_000;
/** A longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * One request and its answer: the parsed body, or what `extract` makes of it.
 * @throws FlowError HTTP_STATUS, HTTP_FAILED, DATA_TOO_LARGE, PARSE_FAILED, URL_UNSAFE; the signal's reason on abort
 */
export async function exchange(
  config: HttpConfig,
  body: unknown,
  nodeType: string,
  context: NodeExecutionContext,
): Promise<unknown> {
  const request = buildRequest(config, body, nodeType, context);
  const answer = await withinTime(request, config.maxTime ?? defaultMaxTimeMs, context.signal, async (signal) => {
    const response = await send(request, context.secrets, signal);
    const isFine = isOk(response.status, config.okStatus ?? [[200, 299]]);
    if (!isFine) throw await statusFailure(response, request, context.secrets, signal);
    return readAnswer(response, request, config, signal);
  });
  return config.extract === undefined ? answer : config.extract({ input: answer });
}

/** A server that goes on sending a byte now and then would keep its node waiting for ever. */
async function withinTime<T>(
  { method, shownUrl }: HttpRequest,
  maxTimeMs: number,
  outer: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(outer.reason);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(
    () => {
      const message = `${method} ${shownUrl} was not done after ${maxTimeMs} ms.`;
      const hint = 'Raise `maxTime` if such an answer is expected.';
      controller.abort(new FlowError('HTTP_FAILED', message, { hint, fields: { url: shownUrl } }));
    },
    Math.min(maxTimeMs, longestTimerMs),
  );
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}

function isOk(status: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.some(([from, to]) => from <= status && status <= to);
}
