import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { pathTemplate, template } from '../evaluables.js';
import { choice, integer } from '../literals.js';
import { delimiter } from '../node-literals.js';
import { checkUrl, httpSettings } from './http-settings.js';

const file: ElementDefinition = {
  element: 'sink:file',
  category: 'sink',
  role: 'node',
  summary: 'Writes its input to a file, whole or not at all.',
  settings: z.object({
    path: pathTemplate().describe('Relative to the flow; missing folders are made.'),
    format: choice(['json', 'ndjson', 'csv', 'lines', 'text', 'binary'])
      .describe('How the input is written. Default: binary for bytes, else by the extension, else text or JSON.')
      .optional(),
    delimiter: delimiter().describe('Between CSV columns. Default: comma; tab for .tsv.').optional(),
    indent: integer({ min: 0, max: 10 }).describe('Spaces per level of JSON.').prefault('2'),
  }),
  output: '{path, bytes}',
  example: '<sink:file id="save" path="out/{{ run.id }}.json" format="json"/>',
};

const http: ElementDefinition = {
  element: 'sink:http',
  category: 'sink',
  role: 'node',
  summary: 'Sends its input to a URL: text and bytes as they are, other values as JSON.',
  settings: z.object({
    ...httpSettings,
    method: choice(['POST', 'PUT', 'PATCH', 'DELETE']).describe('How it is sent.').prefault('POST'),
  }),
  complete: checkUrl,
  output: 'the body of the answer, or what `extract` makes of it',
  example: '<sink:http id="notify" url="https://hooks.example.com/done"><header name="X-Run">{{ run.id }}</header></sink:http>',
};

const log: ElementDefinition = {
  element: 'sink:log',
  category: 'sink',
  role: 'node',
  summary: 'Writes a line to the log of the run.',
  settings: z.object({
    message: template().describe('The line. Default: the input.').optional(),
    level: choice(['debug', 'info', 'warn', 'error']).describe('How loud.').prefault('info'),
  }),
  textSetting: 'message',
  output: 'its input',
  example: '<sink:log id="say" level="warn">{{ size(input) }} rows left</sink:log>',
};

/** Where data goes. */
export const sinkElements: readonly ElementDefinition[] = [file, http, log];
