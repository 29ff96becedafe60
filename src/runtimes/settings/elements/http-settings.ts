import type { RefuseSetting } from '../element.js';
import { lambda, pairs, urlTemplate } from '../evaluables.js';
import { byteSize, choice, duration } from '../literals.js';
import { statusRanges } from '../node-literals.js';

/** Settings that `source:http` and `sink:http` share. */
export const httpSettings = {
  url: urlTemplate().describe('http or https; values put into it are percent-encoded.'),
  method: choice(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).optional(),
  headers: pairs('header').describe('Headers, one element each.').optional(),
  format: choice(['auto', 'json', 'text', 'binary'])
    .describe('How the answer is read; auto goes by its content type.')
    .prefault('auto'),
  extract: lambda(['input']).describe('Takes the output out of the answer, which it sees as `input`.').optional(),
  okStatus: statusRanges().describe('Statuses that are no failure.').prefault('2xx'),
  maxBytes: byteSize().describe('Longest answer that is read.').prefault('100MiB'),
  maxTime: duration().describe('Longest time to the last byte of the answer, redirects included.').prefault('10m'),
};

/** GET and HEAD carry no body. */
export function completeRequest(
  settings: Readonly<Record<string, unknown>>,
  refuse: RefuseSetting,
): Readonly<Record<string, unknown>> {
  const { method, body } = settings;
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    refuse('method', `expected a method that carries a body, got "${method}"`, 'Use POST or PUT, or leave out `body`.');
  }
  return settings;
}
