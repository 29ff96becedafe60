import { z } from 'zod';
import { batch, join, merge } from '../block-literals.js';
import type { ElementDefinition } from '../element.js';
import { expression } from '../evaluables.js';
import { choice, flag, identifier, integer, quota, text } from '../literals.js';

const blockSettings = {
  maxConcurrency: integer({ min: 1 }).describe("How many run at one time. Default: the flow's.").optional(),
  join: join().describe('Successes that end the block.').prefault('all'),
  losers: choice(['cancel', 'wait']).describe('What becomes of the rest once `join` is reached.').prefault('cancel'),
  onError: choice(['fail-fast', 'finish', 'wait', 'continue'])
    .describe('At a failure: cancel the rest, start no more, run all and then fail, or leave null in its place.')
    .prefault('fail-fast'),
  conflict: choice(['error', 'first', 'last', 'list'])
    .describe('Which <set> leaves the block when several write one name, in declared order.')
    .prefault('error'),
};

// The parser hands `merge` over as an expression, so its default is filled in after it is read.
const mergeDefault = (settings: Readonly<Record<string, unknown>>) => ({ ...settings, merge: settings['merge'] ?? 'array' });

const iterationCap = {
  maxIterations: integer({ min: 1 }).describe('Most iterations.'),
  onMax: choice(['fail', 'continue']).describe('What to do when that many are reached.').prefault('fail'),
};

const parallel: ElementDefinition = {
  element: 'parallel',
  category: 'control',
  role: 'node',
  summary: 'Runs its branches at the same time.',
  settings: z.object({
    ...blockSettings,
    merge: merge(['array', 'concat', 'object'])
      .describe('How branch outputs become one; `object` is keyed by branch name. Default: array.')
      .optional(),
  }),
  complete: mergeDefault,
  output: 'the last output of each branch, in branch order',
  example: '<parallel id="both" maxConcurrency="2"><branch>…</branch><branch>…</branch></parallel>',
};

const arm: ElementDefinition = {
  element: 'parallel/branch',
  category: 'control',
  role: 'part',
  summary: 'One branch of a <parallel>: nodes that run in order.',
  settings: z.object({
    name: text('a name').describe('Key of its output with merge="object".').optional(),
    when: expression().describe('The branch is left out when this is false.').optional(),
  }),
  example: '<branch name="prices">…</branch>',
};

const foreach: ElementDefinition = {
  element: 'foreach',
  category: 'control',
  role: 'node',
  summary: 'Runs its body for every item of a list, several at the same time.',
  settings: z.object({
    items: expression().describe('The list.'),
    item: identifier().describe('Name of the element in the body.').prefault('item'),
    index: identifier().describe('Name of its 0-based position in the body.').prefault('index'),
    batch: batch().describe('Iterations that share one message to a worker.').prefault('auto'),
    toleratedFailures: quota().describe('The block fails only when more items fail than this.').optional(),
    ...blockSettings,
    merge: merge(['array', 'concat']).describe('How outputs become one. Default: array.').optional(),
  }),
  complete: (settings, refuse) => {
    if (settings['item'] === settings['index']) refuse('index', 'expected another name than `item` has');
    return mergeDefault(settings);
  },
  output: 'the last output of each iteration, in item order',
  example: '<foreach id="scored" items="docs.output" item="doc" toleratedFailures="5%">…</foreach>',
};

const branch: ElementDefinition = {
  element: 'branch',
  category: 'control',
  role: 'node',
  summary: 'Runs the body of the first <match> that holds, else <otherwise>.',
  settings: z.object({}),
  output: 'the last output of the body that was taken; skipped when none was',
  example: '<branch id="route"><match when="input.kind == \'a\'">…</match><otherwise>…</otherwise></branch>',
};

const match: ElementDefinition = {
  element: 'match',
  category: 'control',
  role: 'part',
  summary: 'One case of a <branch>.',
  settings: z.object({ when: expression().describe('The case is taken when this is true.') }),
  example: '<match when="input.total > 100">…</match>',
};

const condition: ElementDefinition = {
  element: 'if',
  category: 'control',
  role: 'node',
  summary: 'Runs <then> or <else>.',
  settings: z.object({ condition: expression().describe('True or false.') }),
  output: 'the last output of the body that was taken',
  example: '<if id="check" condition="input.total > 100"><then>…</then><else>…</else></if>',
};

const loop: ElementDefinition = {
  element: 'loop',
  category: 'control',
  role: 'node',
  summary: 'Runs its body again and again until a <break>.',
  settings: z.object(iterationCap),
  output: 'the last output of the last iteration',
  example: '<loop id="refine" maxIterations="10">…<break when="refined.output.error &lt; 0.1"/></loop>',
};

const whileLoop: ElementDefinition = {
  element: 'while',
  category: 'control',
  role: 'node',
  summary: 'Runs its body as long as a condition holds.',
  settings: z.object({ condition: expression().describe('Asked before each iteration.'), ...iterationCap }),
  output: 'the last output of the last iteration',
  example: '<while id="drain" condition="vars.left > 0" maxIterations="100">…</while>',
};

const phase: ElementDefinition = {
  element: 'phase',
  category: 'control',
  role: 'part',
  summary: 'Groups nodes and holds their phase variables.',
  settings: z.object({
    name: text('a name').describe('Name of the phase.'),
    id: text('an id').describe('Unique in the file.').optional(),
    cache: flag().describe('Uses results of the nodes inside again in later runs.').optional(),
  }),
  example: '<phase name="load">…</phase>',
};

const breakOut: ElementDefinition = {
  element: 'break',
  category: 'control',
  role: 'part',
  summary: 'Leaves the nearest <loop> or <while>.',
  settings: z.object({
    id: text('an id').describe('Unique in the file.').optional(),
    when: expression().describe('Leave only when this is true. Default: always.').optional(),
  }),
  example: '<break when="vars.done"/>',
};

/** Elements that decide what runs, and how often. */
export const controlElements: readonly ElementDefinition[] = [
  parallel,
  arm,
  foreach,
  condition,
  branch,
  match,
  loop,
  whileLoop,
  phase,
  breakOut,
];
