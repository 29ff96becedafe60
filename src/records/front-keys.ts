import { areFlat, spellNames, spellStart, toNamesRead } from '../dispatch/front-digest.js';
import { compact } from '../dispatch/plain-digest.js';
import { isFlat } from '../dispatch/plain-iterations.js';
import { runInputName, variableRanksName } from '../dispatch/slice-names.js';
import type { Iteration, NamesRead, Slice, TaskFronts } from '../dispatch/types.js';
import { narrowSlice, type ReadSet, toReadSet } from '../state/index.js';
import type { ValueRead } from '../types/reads.js';
import { shorten, type ValueDigests } from './value-digests.js';

/** A node of a task as the keys of it and of those behind it have it. */
export interface FrontNode {
  /** What it and those before it do. */
  readonly does: string;
  /** What it reads by itself of what travels with the task, by the names under which it lies there. */
  readonly reads: ReadSet;
  readonly names: NamesRead;
}

/** What each node by itself reads that travels with the task. */
export function readsInSlice(
  nodeIds: readonly string[],
  reads: ReadonlyMap<string, readonly ValueRead[]>,
): readonly Pick<FrontNode, 'reads' | 'names'>[] {
  const inside = new Set(nodeIds);
  return nodeIds.map((id) => {
    const own = (reads.get(id) ?? []).filter((read) => read.kind !== 'node' || !inside.has(read.id));
    const set = toReadSet(own.flatMap(placesInSlice));
    return { reads: set, names: toNamesRead(set.names) };
  });
}

function placesInSlice(read: ValueRead): readonly ValueRead[] {
  if (read.kind === 'node') return [read];
  if (read.name === 'vars') return [read, { ...read, name: variableRanksName }];
  if (read.name !== 'run') return [read];
  const [field, ...path] = read.path;
  return field === undefined || field === 'input' ? [{ ...read, name: runInputName, path }] : [];
}

/**
 * The keys of a task's first nodes. A node adds what it reads to what those before it have read, so none depends on what is read
 * behind it, and a long body takes no more than its length.
 */
export function frontsOf(nodes: readonly FrontNode[], lineage: string, shared: Slice, digests: ValueDigests): TaskFronts {
  let around = lineage;
  const bases = nodes.map(({ does, reads }) => {
    around = withRead(around, narrowSlice(shared, reads), digests);
    return `${around} ${does}`;
  });
  return { bases, names: nodes.map(({ names }) => names), digestsOf: (iteration) => digestsOf(iteration, nodes, digests) };
}

function withRead(around: string, part: Slice, digests: ValueDigests): string {
  return isEmpty(part) ? around : shorten(`${around}\n${digests.ofSlice(part)}`);
}

/** Flat values are spelled out as the threads do it that are given them as they are. */
function digestsOf(iteration: Iteration, nodes: readonly FrontNode[], digests: ValueDigests): readonly string[] {
  const { input, item, slice } = iteration;
  let told = isFlat(input) && isFlat(item) ? spellStart(iteration) : [digests.of(input), digests.of(item)].join();
  return nodes.map(({ reads }) => {
    const part = narrowSlice(slice, reads);
    const isSpelled = part.held === undefined && isWithout(part.nodes) && areFlat(part.names);
    told = isSpelled ? spellNames(told, part.names) : `${told},${digests.ofSlice(part)}`;
    return digests.hide(compact(told));
  });
}

function isEmpty({ names, nodes }: Slice): boolean {
  return isWithout(names) && isWithout(nodes);
}

function isWithout(values: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(values).length === 0;
}
