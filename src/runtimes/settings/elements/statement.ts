import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { expression, filledTemplate, template } from '../evaluables.js';
import { choice, identifier } from '../literals.js';

const set: ElementDefinition = {
  element: 'set',
  category: 'statement',
  role: 'anonymous',
  summary: 'Writes a variable, seen as vars.NAME.',
  settings: z.object({
    name: identifier().describe('Name of the variable.'),
    value: expression().describe('Its value.'),
    scope: choice(['node', 'phase', 'workflow'])
      .describe('Who sees it: the branch or iteration it stands in (else the flow), the phase, or the whole flow.')
      .prefault('node'),
  }),
  textSetting: 'value',
  output: 'the value',
  example: '<set name="total" value="vars.total + input.amount" scope="workflow"/>',
};

const fail: ElementDefinition = {
  element: 'fail',
  category: 'statement',
  role: 'anonymous',
  summary: 'Fails on purpose.',
  settings: z.object({
    code: filledTemplate('a code').describe('Code of the error, one line; NODE_FAILED without.').optional(),
    message: template().describe('Message of the error.').optional(),
  }),
  textSetting: 'message',
  example: '<fail code="NO_ROWS" message="{{ input.path }} holds no rows"/>',
};

/** Work nodes written without a prefix. */
export const statementElements: readonly ElementDefinition[] = [set, fail];
