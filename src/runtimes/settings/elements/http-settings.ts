import { quote } from '../../../errors/describe-value.js';
import type { TemplateSource } from '../../../types/source.js';
import type { RefuseSetting } from '../element.js';
import { lambda, type NamedTemplate, pairs, urlTemplate } from '../evaluables.js';
import type { LiteralFault } from '../literal.js';
import { byteSize, choice, timeLimit } from '../literals.js';
import { longNumbers, statusRanges } from '../node-literals.js';

/** What HTTP does not allow in a header, as far as it is written. */
function headerFault({ name, value }: NamedTemplate): LiteralFault | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    return { message: `expected the name of a header, got ${quote(name)}`, hint: 'A name has letters, digits and "-".' };
  }
  const written = value.source.text.replaceAll(/\{\{.*?\}\}/gs, '').trim();
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(written)) return undefined;
  const message = `expected a value that HTTP allows in the header ${quote(name)}, got ${quote(value.source.text)}`;
  return { message, hint: 'Header values hold one line of Latin-1 characters.' };
}

/** Settings that `source:http` and `sink:http` share. */
export const httpSettings = {
  url: urlTemplate().describe('http or https; values put into it are percent-encoded.'),
  method: choice(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).optional(),
  headers: pairs('header', { faultOf: headerFault }).describe('Headers, one element each.').optional(),
  format: choice(['auto', 'json', 'text', 'binary'])
    .describe('How the answer is read; auto goes by its content type.')
    .prefault('auto'),
  longNumbers: longNumbers(),
  extract: lambda(['input']).describe('Takes the output out of the answer, which it sees as `input`.').optional(),
  okStatus: statusRanges().describe('Statuses that are no failure.').prefault('2xx'),
  maxBytes: byteSize().describe('Longest answer that is read.').prefault('100MiB'),
  maxTime: timeLimit().describe('Longest time to the last byte of the answer, redirects included.').prefault('10m'),
};

/** GET and HEAD carry no body. What is written of the URL is looked at by `checkUrl`. */
export function completeRequest(
  settings: Readonly<Record<string, unknown>>,
  refuse: RefuseSetting,
): Readonly<Record<string, unknown>> {
  const { method, body } = settings;
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    refuse('method', `expected a method that carries a body, got "${method}"`, 'Use POST or PUT, or leave out `body`.');
  }
  return checkUrl(settings, refuse);
}

/** Refuses a URL that no data can make an http or https one. */
export function checkUrl(settings: Readonly<Record<string, unknown>>, refuse: RefuseSetting): Readonly<Record<string, unknown>> {
  const { text } = (settings['url'] as TemplateSource).source;
  const scheme = /^\s*([a-z][a-z\d+.-]*:)/i.exec(text)?.[1]?.toLowerCase();
  const isWeb = scheme === 'http:' || scheme === 'https:';
  const isOpen = text.includes('{{');
  const isPossible = isWeb ? isOpen || URL.canParse(text) : isOpen && scheme === undefined;
  if (!isPossible) {
    const hint = 'Write the whole address, such as https://api.example.com/items.';
    refuse('url', `expected an http or https URL, got ${quote(text)}`, hint);
    return settings;
  }
  const base = baseWithoutScheme(text);
  if (base !== undefined) refuse('url', `expected an http or https URL, got ${quote(text)}, ${base.why}`, base.hint);
  return settings;
}

interface Refusal {
  readonly why: string;
  readonly hint: string;
}

/** An expression without braces of its own, and what comes behind it. Where it is not as plain the run finds out. */
const leadingExpression = /^\s*(\{\{[^{}]*\}\})(.*)$/s;

/** `{{ config.base }}/items` never works: the colon and the slashes of what is put in are encoded, and none is written behind a scheme. */
function baseWithoutScheme(text: string): Refusal | undefined {
  const [, first = '', rest = ''] = leadingExpression.exec(text) ?? [];
  if (rest.trim() === '' || /^[a-z\d+.\s-]*:/i.test(rest.replaceAll(/\{\{[^{}]*\}\}/g, 'x'))) return undefined;
  const written = first.slice(2, -2).trim();
  const base = written.length > 60 ? 'base' : written;
  return {
    why: 'where no scheme can come from: what {{ }} puts into a URL is percent-encoded',
    hint: `Write scheme and host in the flow, as in url="https://host/{{ … }}", or all of it as one expression, as in url='{{ ${base} + "/path" }}'.`,
  };
}
