import { z } from 'zod';
import { expression } from './evaluables.js';
import { duration, flag, ids, milliseconds, text } from './literals.js';

const id = text('an id').describe('Unique in the file; other nodes name this one by it.');

const shared = {
  input: expression()
    .describe('What the node works on. Default: the output of the node before it, or the input of the body or flow.')
    .optional(),
  when: expression().describe('The node is skipped, with output null, when this is false.').optional(),
  after: ids().describe('Nodes that must be done first, for an order without data.').optional(),
  timeout: duration().describe('Longest run of one attempt, counted from its start.').optional(),
  cost: milliseconds().describe('Your estimate of how long the node takes, for planning.').optional(),
  cache: flag().describe('Uses its result again in later runs as long as all that it is made of is the same.').optional(),
};

/** Settings that every node has, by whether the id may be left out. */
export const commonSettings = {
  node: z.object({ id, ...shared }),
  anonymous: z.object({ id: id.optional(), ...shared }),
  part: z.object({}),
} as const;
