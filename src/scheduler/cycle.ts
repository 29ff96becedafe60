import { FlowError } from '../errors/flow-error.js';
import { neighbours, vertexAt } from './dag.js';
import type { Dag, Dependency, Vertex } from './types.js';

const shownVertices = 20;

const verbs: Record<Dependency['reason'], string> = {
  data: 'reads',
  after: 'comes after',
  variable: 'needs a variable from',
};

/**
 * The error for one cycle of `dag`, starting at its first declared vertex, each waiting for the next.
 * The message cuts a long cycle in the middle; `fields.cycle` has all its ids, the first again at the end.
 * @param waiting dependencies left unreleased per vertex once Kahn's algorithm stops; some must be
 */
export function cycleError(dag: Dag, waiting: Int32Array): FlowError {
  const cycle = findCycle(dag, waiting).map((index) => vertexAt(dag, index));
  const first = cycle[0];
  const ids = cycle.map(({ id }) => id);
  const path = [...ids, ...ids.slice(0, 1)];
  const steps = cycle.map((vertex, position) => describeStep(vertex, path[position + 1] ?? ''));
  return new FlowError('FLOW_CYCLE', `Nodes wait for one another: ${shorten(path, ' -> ')}; ${shorten(steps, ', ')}`, {
    source: first?.at,
    nodeId: first?.id,
    hint: 'Each waits for the next, so none can start. Remove one of these dependencies.',
    fields: { cycle: path },
  });
}

/** Walks from one stuck vertex to a stuck dependency of it until a vertex comes again. */
function findCycle({ dependencies }: Dag, waiting: Int32Array): readonly number[] {
  const isStuck = (index: number): boolean => (waiting[index] ?? 0) > 0;
  const stepOf = new Int32Array(waiting.length).fill(-1);
  const walked: number[] = [];
  let current = waiting.findIndex((count) => count > 0);
  while (stepOf[current] === -1) {
    stepOf[current] = walked.length;
    walked.push(current);
    current = neighbours(dependencies, current).find(isStuck) ?? current;
  }
  return startAtSmallest(walked.slice(stepOf[current]));
}

function startAtSmallest(cycle: readonly number[]): readonly number[] {
  const smallest = cycle.reduce((best, index) => Math.min(best, index));
  const start = cycle.indexOf(smallest);
  return [...cycle.slice(start), ...cycle.slice(0, start)];
}

function describeStep({ id, at, dependsOn }: Vertex, target: string): string {
  const reason = dependsOn.find((dependency) => dependency.id === target)?.reason ?? 'data';
  return `${id} (${at.line}:${at.column}) ${verbs[reason]} ${target}`;
}

function shorten(parts: readonly string[], separator: string): string {
  if (parts.length <= shownVertices) return parts.join(separator);
  const half = shownVertices / 2;
  const omitted = `… ${parts.length - shownVertices} more …`;
  return [...parts.slice(0, half), omitted, ...parts.slice(-half)].join(separator);
}
