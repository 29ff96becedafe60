import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import type { LongNumbers } from '../formats/format.js';
import { toJson } from '../formats/to-json.js';
import { requireText, toText } from '../input.js';
import type { Lambda, NodeExecutionContext } from '../types.js';
import { redact } from './redact.js';

/** Settings that `source:http` and `sink:http` share. */
export interface HttpConfig {
  readonly url: unknown;
  /** @default GET, and POST where there is a body */
  readonly method?: string | undefined;
  /** In order; a name may come again. */
  readonly headers?: readonly { readonly name: string; readonly value: unknown }[] | undefined;
  /** @default "auto" */
  readonly format?: HttpFormat | undefined;
  /** Of JSON. @default "error" */
  readonly longNumbers?: LongNumbers | undefined;
  /** Inclusive ranges of answers that are no failure. @default [[200, 299]] */
  readonly okStatus?: readonly (readonly [number, number])[] | undefined;
  /** Evaluated with `input`, the parsed answer; its value becomes the output. */
  readonly extract?: Lambda | undefined;
  /** Longest answer that is read. @default 100 MiB */
  readonly maxBytes?: number | undefined;
  /** From the request to the last byte of the answer, redirects included, in milliseconds. @default 600,000 */
  readonly maxTime?: number | undefined;
}

export type HttpFormat = 'auto' | 'json' | 'text' | 'binary';

export interface HttpRequest {
  readonly url: URL;
  /** The URL with secrets masked, for messages. */
  readonly shownUrl: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
}

/**
 * The request that settings ask for. Text and bytes go out as they are, every other body as JSON with its content type.
 * @throws FlowError URL_UNSAFE, FLOW_SETTING_INVALID
 */
export function buildRequest(config: HttpConfig, body: unknown, nodeType: string, context: NodeExecutionContext): HttpRequest {
  const text = requireText(config.url, nodeType, 'url');
  const shownUrl = redact(text, context.secrets);
  const url = parseUrl(text, shownUrl);
  const headers = buildHeaders(config.headers ?? [], nodeType);
  moveCredentials(url, headers);
  const hasBody = body !== undefined && body !== null;
  const method = config.method ?? (hasBody ? 'POST' : 'GET');
  return { url, shownUrl, method, headers, body: hasBody ? encodeBody(body, headers) : undefined };
}

/**
 * An http or https URL.
 * @throws FlowError URL_UNSAFE
 */
export function parseUrl(text: string, shown: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new FlowError('URL_UNSAFE', `Expected an http or https URL, got "${shown}".`, {
    hint: 'Write the whole address, such as https://api.example.com/items.',
  });
}

/** `https://user:password@host`: fetch refuses it, with the password in its message. */
function moveCredentials(url: URL, headers: Headers): void {
  if (url.username === '' && url.password === '') return;
  const pair = `${decode(url.username)}:${decode(url.password)}`;
  if (!headers.has('authorization')) headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  url.username = '';
  url.password = '';
}

/** A `%` that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function buildHeaders(pairs: NonNullable<HttpConfig['headers']>, nodeType: string): Headers {
  const headers = new Headers();
  for (const { name, value } of pairs) appendHeader(headers, name, toText(value), nodeType);
  return headers;
}

function appendHeader(headers: Headers, name: string, value: string, nodeType: string): void {
  try {
    headers.append(name, value);
  } catch {
    // The cause would quote the value, which may be a secret.
    throw new FlowError(
      'FLOW_SETTING_INVALID',
      `The header ${describeValue(name)} of ${nodeType} has a name or value that HTTP does not allow.`,
      {
        hint: 'Header values hold one line of Latin-1 characters.',
      },
    );
  }
}

function encodeBody(body: unknown, headers: Headers): string | Uint8Array {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) {
    if (!headers.has('content-type')) headers.set('content-type', 'application/octet-stream');
    // `fetch` refuses shared memory.
    return body.buffer instanceof SharedArrayBuffer ? body.slice() : body;
  }
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  return toJson(body, 0);
}
