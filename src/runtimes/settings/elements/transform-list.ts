import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { expression, lambda } from '../evaluables.js';
import { choice } from '../literals.js';

const perItem = () => lambda(['item', 'index']);

const map: ElementDefinition = {
  element: 'transform:map',
  category: 'transform',
  role: 'node',
  summary: 'Makes a new value of each element of a list.',
  settings: z.object({ expression: perItem().describe('The new value.') }),
  textSetting: 'expression',
  output: 'the list of new values, in order',
  example: '<transform:map id="names" expression="item.name"/>',
};

const filter: ElementDefinition = {
  element: 'transform:filter',
  category: 'transform',
  role: 'node',
  summary: 'Keeps some elements of a list.',
  settings: z.object({ expression: perItem().describe('True for an element to keep.') }),
  textSetting: 'expression',
  output: 'the list of kept elements, in order',
  example: '<transform:filter id="paid" expression="item.paid"/>',
};

const reduce: ElementDefinition = {
  element: 'transform:reduce',
  category: 'transform',
  role: 'node',
  summary: 'Folds a list into one value.',
  settings: z.object({
    expression: lambda(['acc', 'item', 'index']).describe('The next `acc`.'),
    initial: expression().describe('The first `acc`. Default: the first element.').optional(),
  }),
  textSetting: 'expression',
  output: 'the last `acc`',
  example: '<transform:reduce id="total" initial="0" expression="acc + item.amount"/>',
};

const sort: ElementDefinition = {
  element: 'transform:sort',
  category: 'transform',
  role: 'node',
  summary: 'Sorts a list; equal keys keep their order, null and absent keys come last.',
  settings: z.object({
    key: perItem().describe('What to sort by; a list sorts by its first value, then the next. Default: the element.').optional(),
    order: choice(['asc', 'desc']).describe('Smallest or largest first.').prefault('asc'),
  }),
  textSetting: 'key',
  output: 'the sorted list',
  example: '<transform:sort id="ranked" key="item.rank" order="desc"/>',
};

const group: ElementDefinition = {
  element: 'transform:group',
  category: 'transform',
  role: 'node',
  summary: 'Puts the elements of a list into groups.',
  settings: z.object({ key: perItem().describe('Elements of equal keys share a group.') }),
  textSetting: 'key',
  output: 'a list of {key, items}, in the order in which keys first appear',
  example: '<transform:group id="byCity" key="item.city"/>',
};

/** Transforms of lists. */
export const listTransformElements: readonly ElementDefinition[] = [map, filter, reduce, sort, group];
