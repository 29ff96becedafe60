import { FlowError } from '../../errors/flow-error.js';
import { parseJson } from '../formats/parse-json.js';
import { redact } from './redact.js';
import type { HttpConfig, HttpFormat, HttpRequest } from './request.js';
import { brokenOff } from './send.js';

const defaultMaxBytes = 100 * 1024 * 1024;
const snippetLength = 500;

/**
 * The body of an answer as a value; `null` for an empty body that should be JSON.
 * @throws FlowError DATA_TOO_LARGE when it is longer than `maxBytes`, HTTP_FAILED when it breaks off, PARSE_FAILED when it does not fit the format
 */
export async function readAnswer(
  response: Response,
  request: HttpRequest,
  config: HttpConfig,
  signal: AbortSignal,
): Promise<unknown> {
  const bytes = await readBody(response, request, config.maxBytes ?? defaultMaxBytes, signal);
  const contentType = response.headers.get('content-type') ?? '';
  const format = config.format === undefined || config.format === 'auto' ? formatOfContent(contentType) : config.format;
  if (format === 'binary') return bytes;
  const text = decode(bytes, contentType);
  if (format === 'text') return text;
  return text.trim() === '' ? null : parseJson(text, `The answer of ${request.shownUrl}`, { longNumbers: config.longNumbers });
}

/** The error for an answer outside `okStatus`, with `fields` `{status, url, body}`; `body` is the first 500 characters. */
export async function statusFailure(
  response: Response,
  request: HttpRequest,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FlowError> {
  const bytes = await readSnippet(response, signal);
  // Cut before, half a secret could stand at its end.
  const body = redact(decode(bytes, response.headers.get('content-type') ?? ''), secrets)
    .trim()
    .slice(0, snippetLength);
  const said = body === '' ? '' : `: ${body.slice(0, 200)}`;
  const { status, statusText } = response;
  return new FlowError(
    'HTTP_STATUS',
    `${request.method} ${request.shownUrl} answered ${`${status} ${statusText}`.trim()}${said}`,
    {
      hint: statusHint(status),
      fields: { status, url: request.shownUrl, body },
    },
  );
}

async function readBody(response: Response, request: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw brokenOff(request, size, { cause, signal });
  }
  if (size <= maxBytes) return join(chunks, size);
  throw new FlowError('DATA_TOO_LARGE', `The answer of ${request.shownUrl} is longer than ${maxBytes} bytes.`, {
    hint: 'Raise `maxBytes` if such an answer is expected.',
    fields: { url: request.shownUrl },
  });
}

/** A failed status is the fault to report, so what breaks while its body is read is let go. */
async function readSnippet(response: Response, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= snippetLength * 8) break;
    }
  } catch {
    if (signal.aborted) throw signal.reason;
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function formatOfContent(contentType: string): Exclude<HttpFormat, 'auto'> {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json';
  if (type === '' || type.startsWith('text/')) return 'text';
  return /[+/](xml|javascript|x-ndjson|x-www-form-urlencoded|yaml)$/.test(type) ? 'text' : 'binary';
}

function decode(bytes: Uint8Array, contentType: string): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function statusHint(status: number): string {
  if (status === 401 || status === 403)
    return 'Check the credentials that its headers send, as in <header name="Authorization">.';
  if (status === 404 || status === 410) return 'Check the address.';
  if (status === 429 || status >= 500)
    return 'If it comes and goes, let a <retry when="error.code == \'HTTP_STATUS\'"/> ask again.';
  return 'Check what is sent; where such an answer is as good, name its status in `okStatus`.';
}
