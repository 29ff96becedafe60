import { FlowError } from '../../errors/flow-error.js';
import { createRedactor } from '../../errors/redact.js';
import { redact } from './redact.js';
import { type HttpRequest, parseUrl } from './request.js';

const mostRedirects = 20;
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];
/** Headers with such names are never sent to another origin than the one they were written for. */
const credentialHeader = /auth|cookie|token|key|secret|password|session|credential/;

/**
 * Sends a request and follows redirects as browsers do, except from https to http, which is refused. The body of the response is unread.
 * @throws FlowError HTTP_FAILED when no answer came, URL_UNSAFE on a redirect away from http and https; the signal's reason on abort
 */
export async function send(
  request: HttpRequest,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let current = request;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await fetchOnce(current, signal);
    const location = response.headers.get('location');
    if (location === null || !redirectStatuses.includes(response.status)) return response;
    await response.body?.cancel();
    current = follow(current, location, response.status, secrets);
  }
  throw new FlowError('HTTP_FAILED', `${request.method} ${request.shownUrl} was redirected more than ${mostRedirects} times.`, {
    fields: { url: request.shownUrl },
  });
}

async function fetchOnce({ url, shownUrl, method, headers, body }: HttpRequest, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
  } catch (cause) {
    throw noAnswer(method, shownUrl, cause, signal);
  }
}

/** What to throw when a request gets no answer: the reason of an abort, else HTTP_FAILED. */
function noAnswer(method: string, shownUrl: string, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return new FlowError('HTTP_FAILED', `${method} ${shownUrl} got no answer: ${deepestMessage(cause)}.`, {
    cause,
    hint: 'Check the address and that the server is up; add <retry> if it comes and goes.',
    fields: { url: shownUrl },
  });
}

/** The same when an answer ends too early, after so many bytes of its body, or is not encoded as it says. */
export function brokenOff(
  { method, shownUrl }: HttpRequest,
  bytes: number,
  { cause, signal }: { readonly cause: unknown; readonly signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason;
  const fields = { url: shownUrl };
  if (isUndecodable(cause)) {
    const message = `${method} ${shownUrl} was answered, but the answer cannot be decoded as what its content-encoding says: ${deepestMessage(cause)}.`;
    return new FlowError('HTTP_FAILED', message, { cause, fields });
  }
  const message = `${method} ${shownUrl} was answered, but the answer broke off after ${bytes} bytes: ${deepestMessage(cause)}.`;
  const hint = 'The server or something on the way ended it; add <retry> if that comes and goes.';
  return new FlowError('HTTP_FAILED', message, { cause, hint, fields });
}

/** Codes of zlib begin with Z_, those of its Brotli with ERR__. */
function isUndecodable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && /^(Z_|ERR__)/.test(String(error.code))) || isUndecodable(error.cause);
}

/** fetch says only "fetch failed"; what happened is in the cause, and for a name with several addresses in its `errors`. */
function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(deepestMessage).join('; ');
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message;
}

function follow(request: HttpRequest, location: string, status: number, secrets: Readonly<Record<string, string>>): HttpRequest {
  const target = URL.canParse(location, request.url.href) ? new URL(location, request.url).href : location;
  const shownUrl = redact(target, secrets);
  const url = parseUrl(target, shownUrl);
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new FlowError('HTTP_FAILED', `${request.shownUrl} redirects from https to http: ${shownUrl}.`, {
      hint: 'Name the final address in `url` if plain http is what you want.',
      fields: { url: request.shownUrl },
    });
  }
  // Whoever redirects may not sign the request either.
  url.username = '';
  url.password = '';
  const isElsewhere = url.origin !== request.url.origin;
  const headers = isElsewhere ? withoutCredentials(request.headers, secrets) : new Headers(request.headers);
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST';
  if (isElsewhere && !becomesGet && holdsSecret(request.body, secrets)) {
    throw new FlowError(
      'HTTP_FAILED',
      `${request.shownUrl} redirects a body that holds a secret to another origin: ${shownUrl}.`,
      {
        hint: 'Name the final address in `url` if it may have the secret.',
        fields: { url: request.shownUrl },
      },
    );
  }
  if (!becomesGet) return { ...request, url, shownUrl, headers };
  headers.delete('content-type');
  return { url, shownUrl, headers, method: 'GET', body: undefined };
}

function withoutCredentials(headers: Headers, secrets: Readonly<Record<string, string>>): Headers {
  const { text } = createRedactor(secrets);
  return new Headers([...headers].filter(([name, value]) => !credentialHeader.test(name) && text(value) === value));
}

function holdsSecret(body: HttpRequest['body'], secrets: Readonly<Record<string, string>>): boolean {
  if (body === undefined) return false;
  const redactor = createRedactor(secrets);
  return typeof body === 'string' ? redactor.text(body) !== body : redactor.containsSecret(body);
}
