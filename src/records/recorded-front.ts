import { fromOutcomeRecord } from '../dispatch/outcome-record.js';
import { frontKey, recordEnd } from '../dispatch/record-key.js';
import type { Iteration, NodeRecord, Task, TaskRecord } from '../dispatch/types.js';
import type { ValueRead } from '../types/reads.js';
import type { FoundEntry, Journals } from './journals.js';

export interface FrontSources {
  readonly journals: Journals;
  /** What the expressions of each node read, by its id. */
  readonly reads: ReadonlyMap<string, readonly ValueRead[]>;
  /** Whether nodes were run by the code that the keys are made of. */
  readonly isCertain: (nodes: readonly NodeRecord[], process: number) => boolean;
}

/**
 * The nodes of an iteration that had finished, from the first on, as far as they were noted one by one and the others can go on
 * from what they gave: who edits the flow may ask for what nobody asked for before.
 */
export function recordedFront(task: Task, record: TaskRecord, iteration: Iteration, sources: FrontSources): NodeRecord[] {
  const nodes = readNotes(task, record, iteration, sources);
  while (nodes.length > 0 && !nodes.every((node) => 'output' in node || !isNeeded(node.id, nodes.length, task, sources))) {
    nodes.pop();
  }
  return nodes.length < task.nodeIds.length ? nodes : nodes.map((node) => asKept(node, task.keep));
}

/** Each note says what some nodes did, one or more; none is left out between two. */
function readNotes({ nodeIds }: Task, record: TaskRecord, iteration: Iteration, sources: FrontSources): NodeRecord[] {
  const { journals, isCertain } = sources;
  const { bases, digestsOf } = record.frontsOf();
  const ends = digestsOf(iteration).map((digest) => recordEnd(record, iteration.index, digest));
  const nodes: NodeRecord[] = [];
  const nextNote = (): FoundEntry | undefined => {
    for (let last = bases.length - 1; last >= nodes.length; last--) {
      const entry = journals.find(frontKey(bases[last] as string, nodes.length, ends[last] as string));
      if (entry !== undefined) return entry;
    }
    return undefined;
  };
  for (let note = nextNote(); note !== undefined; note = nextNote()) {
    const more = fromOutcomeRecord(note.detail, note.body, nodeIds.slice(nodes.length));
    if (!isCertain(more, note.process)) break;
    nodes.push(...more);
  }
  return nodes;
}

/** Whether what a node gave is asked for once `count` nodes have finished. */
function isNeeded(id: string, count: number, { nodeIds, keep, run }: Task, { reads }: FrontSources): boolean {
  if (keep.includes(id)) return true;
  const rest = nodeIds.slice(count);
  const readsOf = (each: string): readonly ValueRead[] => reads.get(each) ?? [];
  if (rest.some((each) => readsOf(each).some((read) => read.kind === 'node' && read.id === id))) return true;
  const [next] = rest;
  if (next === undefined || id !== nodeIds[count - 1]) return false;
  return run.nodes[next]?.input === undefined || readsOf(next).some((read) => read.kind === 'name' && read.name === 'input');
}

/** What was noted for the nodes behind it is nobody else's concern. */
export function asKept({ output, ...node }: NodeRecord, keep: readonly string[]): NodeRecord {
  return keep.includes(node.id) ? { ...node, output } : node;
}
