import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { expression } from '../evaluables.js';
import { literal } from '../literal.js';
import { choice, duration, flag, integer, number, text, timeLimit } from '../literals.js';

const name = () => text('a name').describe('The name.');

const workflow: ElementDefinition = {
  element: 'workflow',
  category: 'structure',
  role: 'part',
  summary: 'The root of a flow.',
  settings: z.object({
    name: text('a name').describe('Name of the flow.'),
    version: text('a version').describe('Version of the flow, for its readers.').optional(),
    maxConcurrency: integer({ min: 1 }).describe('Tasks that run at one time. Default: the cores of the machine.').optional(),
    schedule: choice(['ready', 'waves'])
      .describe('Start nodes as soon as their inputs are there, or wave by wave.')
      .prefault('ready'),
    timeout: timeLimit().describe('Longest run of the whole flow.').optional(),
  }),
  example: '<workflow name="fetch-and-rank" version="1.0.0" maxConcurrency="4">…</workflow>',
};

const param: ElementDefinition = {
  element: 'param',
  category: 'structure',
  role: 'part',
  summary: 'A value the caller may set, seen as config.NAME; stands in <config>.',
  settings: z.object({
    name: name(),
    type: choice(['string', 'number', 'boolean', 'json']).describe('What the value must be.').prefault('string'),
    default: literal({ words: 'a value', verbatim: true, read: (value) => value })
      .describe('Value when the caller gives none, written as the type says.')
      .optional(),
    required: flag().describe('The caller must give a value. Default: true without `default`, else false.').optional(),
    description: text().describe('What it is for.').optional(),
  }),
  example: '<param name="top" type="number" default="10"/>',
};

const declared = (element: string, summary: string, example: string): ElementDefinition => {
  return { element, category: 'structure', role: 'part', summary, settings: z.object({ name: name() }), example };
};

const output: ElementDefinition = {
  element: 'output',
  category: 'structure',
  role: 'part',
  summary: 'What the flow gives back. Default: the output of its last node.',
  settings: z.object({ value: expression().describe('The value; secrets cannot be named in it.') }),
  textSetting: 'value',
  example: '<output value="best.output"/>',
};

const retry: ElementDefinition = {
  element: 'retry',
  category: 'structure',
  role: 'part',
  summary: 'Runs a failed node again. Of several, the first whose `when` holds is used, each with its own count.',
  settings: z.object({
    limit: integer({ min: 0 }).describe('Runs after the first one.').prefault('3'),
    delay: duration().describe('Wait before the first re-run.').prefault('1s'),
    backoff: choice(['exponential', 'linear', 'constant']).describe('How the wait grows.').prefault('exponential'),
    factor: number({ min: 1 }).describe('What an exponential wait is multiplied by each time.').prefault('2'),
    maxDelay: duration().describe('Longest wait.').optional(),
    jitter: choice(['none', 'full']).describe('`full` draws each wait from 0 up to what it would be.').prefault('none'),
    when: expression().describe('Re-run only for failures for which this holds; sees `error`.').optional(),
  }),
  example: '<retry limit="2" delay="100ms" jitter="full" when="error.code == \'HTTP_STATUS\'"/>',
};

/** Elements that hold nodes and take no settings. */
const body = (element: string, summary: string, example: string): ElementDefinition => {
  return { element, category: 'structure', role: 'part', summary, settings: z.object({}), example };
};

const bodies: readonly ElementDefinition[] = [
  body(
    'fallback',
    "Nodes that run once the retries of the node around are spent; they see `error`, and their last output becomes the node's.",
    '<fallback><source:value id="none" value="[]"/></fallback>',
  ),
  body(
    'on-error',
    'Nodes that run when the flow has failed; they see `error`. Stands in <workflow>.',
    '<on-error><sink:log id="tell" message="{{ error.code }}: {{ error.message }}"/></on-error>',
  ),
  body(
    'finally',
    'Nodes that run at the end, however the flow ended. Stands in <workflow>.',
    '<finally><sink:log id="done" message="done"/></finally>',
  ),
];

/** Elements that are no nodes. */
export const structureElements: readonly ElementDefinition[] = [
  workflow,
  param,
  declared('secret', 'A secret the flow needs, seen as secrets.NAME; stands in <secrets>.', '<secret name="API_TOKEN"/>'),
  declared('var', 'An environment variable the flow may read, seen as env.NAME; stands in <env>.', '<var name="HOME"/>'),
  output,
  retry,
  ...bodies,
];
