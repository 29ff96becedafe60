import type { Projection } from '../state/index.js';
import { project } from '../state/index.js';
import { compact, spell } from './plain-digest.js';
import { isFlat } from './plain-iterations.js';
import type { Iteration, NamesRead } from './types.js';

/** What tells the values of an iteration from others, as far as nodes have read them: from node to node more. */
type Told = string;

/** Before any node: what every one of them may see. */
export function spellStart({ input, item }: Pick<Iteration, 'input' | 'item'>): Told {
  return spell(item) + (input === item ? '=' : `,${spell(input)}`);
}

/** With the names that one more node reads, all of them flat. */
export function spellNames(told: Told, names: Readonly<Record<string, unknown>>): Told {
  let text = told;
  for (const name of Object.keys(names)) text += `,${name}:${spell(names[name])}`;
  return text;
}

/** Whether all values are spelled out, so that every thread can tell them alike. */
export function areFlat(names: Readonly<Record<string, unknown>>): boolean {
  return Object.values(names).every(isFlat);
}

/** What tells what the first nodes of a plain iteration read of it, each of which reads `names`. */
export function digestOfPlainFront(iteration: Iteration, names: readonly NamesRead[]): string {
  let told = spellStart(iteration);
  for (const read of names)
    told = spellNames(told, project(iteration.slice.names, toProjection(read)) as typeof iteration.slice.names);
  return compact(told);
}

export function toNamesRead(names: ReadonlyMap<string, Projection>): NamesRead {
  return [...names].map(([name, projection]) => [name, projection === 'all' ? 0 : toNamesRead(projection)]);
}

function toProjection(read: NamesRead): ReadonlyMap<string, Projection> {
  return new Map(read.map(([name, of]) => [name, of === 0 ? 'all' : toProjection(of)]));
}
