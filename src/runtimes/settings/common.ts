import type { z } from 'zod';
import type { ElementDefinition } from './element.js';
import { expression } from './evaluables.js';
import { flag, ids, memorySize, milliseconds, text, timeLimit } from './literals.js';

const id = text('an id').describe('Unique in the file; other nodes name this one by it.');

const shared = {
  input: expression()
    .describe('What the node works on. Default: the output of the node before it, or the input of the body or flow.')
    .optional(),
  when: expression().describe('The node is skipped, with output null, when this is false.').optional(),
  after: ids().describe('Nodes that must be done first, for an order without data.').optional(),
  timeout: timeLimit().describe('Longest run of one attempt, counted from its start.').optional(),
  cost: milliseconds().describe('Your estimate of how long the node takes, for planning.').optional(),
  cache: flag().describe('Uses its result again in later runs as long as all that it is made of is the same.').optional(),
};

const memory = memorySize()
  .describe('Heap limit of the thread that runs the node, doubled on each retry after it was reached. Buffers do not count.')
  .optional();

/** Settings that every node has, by whether the id may be left out. */
const byRole = {
  node: { id, ...shared },
  anonymous: { id: id.optional(), ...shared },
  part: {},
} as const;

/** What an element has in common with others. Only what runs in a thread can have a limit of memory. */
export function commonSettings({
  role,
  category,
}: Pick<ElementDefinition, 'role' | 'category'>): Readonly<Record<string, z.ZodType>> {
  const isWork = role === 'node' && ['source', 'transform', 'sink'].includes(category);
  return isWork ? { ...byRole[role], memory } : byRole[role];
}
