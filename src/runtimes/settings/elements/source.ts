import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { expression, pathTemplate, template } from '../evaluables.js';
import { choice } from '../literals.js';
import { delimiter, encoding, jsonText, longNumbers } from '../node-literals.js';
import { completeRequest, httpSettings } from './http-settings.js';

const value: ElementDefinition = {
  element: 'source:value',
  category: 'source',
  role: 'node',
  summary: 'A value written in the flow: an expression, or JSON as text content.',
  settings: z.object({
    value: expression().describe('The value.').optional(),
    json: jsonText().describe('The value as JSON; plain text content is this setting.').optional(),
  }),
  textSetting: 'json',
  complete: (settings, refuse) => {
    const given = ['value', 'json'].filter((name) => settings[name] !== undefined);
    if (given.length === 0) refuse('value', 'expected a value, got none', 'Write value="…", or JSON between the tags.');
    if (given.length === 2) refuse('value', 'expected `value` or JSON text, got both');
    return settings;
  },
  output: 'the value',
  example: '<source:value id="numbers">[1, 2, 3]</source:value>',
};

const file: ElementDefinition = {
  element: 'source:file',
  category: 'source',
  role: 'node',
  summary: 'Reads a file, or every file that a glob matches.',
  settings: z.object({
    path: pathTemplate().describe('Relative to the flow; a glob such as data/*.json reads several.'),
    format: choice(['json', 'ndjson', 'csv', 'lines', 'text', 'binary'])
      .describe('How the content is read. Default: by the extension, else text.')
      .optional(),
    encoding: encoding().describe('Encoding of text.').prefault('utf-8'),
    delimiter: delimiter().describe('Between CSV columns. Default: comma; tab for .tsv.').optional(),
    longNumbers: longNumbers(),
  }),
  output: 'the content; for a glob a list of {path, content} sorted by path. csv gives one object per row, binary a Uint8Array',
  example: '<source:file id="orders" path="data/orders.csv"/>',
};

const http: ElementDefinition = {
  element: 'source:http',
  category: 'source',
  role: 'node',
  summary: 'Fetches a URL.',
  settings: z.object({
    ...httpSettings,
    method: httpSettings.method.describe('Default: GET; POST with a `body`.'),
    body: template().describe('Sent as it is when text or bytes, else as JSON.').optional(),
  }),
  complete: completeRequest,
  output: 'the body of the answer, or what `extract` makes of it',
  example:
    '<source:http id="api" url="https://api.example.com/items?page={{ config.page }}" timeout="10s" extract="input.items"/>',
};

/** Where data comes from. */
export const sourceElements: readonly ElementDefinition[] = [value, file, http];
