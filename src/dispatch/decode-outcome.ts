import type { FlowError } from '../errors/flow-error.js';
import { decodeError } from '../errors/wire.js';
import { decode, type Encoded } from '../transport/encode.js';
import { type Part, weighed } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';
import type { Place } from './auto-nodes.js';
import type { BoardReader } from './board.js';
import type { WireFailure, WireOutcome, WireRecord } from './messages.js';
import { nodeError } from './node-error.js';
import type { IterationOutcome, NodeRecord, Task } from './types.js';

/** Of whose nodes the outcomes are. */
type Origin = Pick<Task, 'run' | 'nodeIds'>;

/** An outcome that came by message. A value that cannot be read is the failure of its node. */
export function decodeOutcome(
  { nodes, failure }: WireOutcome,
  values: readonly Encoded[],
  task: Origin,
  place: Place | undefined,
): IterationOutcome {
  let at = nodes[0]?.id ?? '';
  try {
    const records = nodes.map((node) => {
      at = node.id;
      return decodeRecord(node, values, place);
    });
    return failure === undefined ? { status: 'completed', nodes: records } : decodeFailure(failure, records);
  } catch (thrown) {
    return unreadable(thrown, at, task, nodes.find(({ id }) => id === at) ?? { startedAt: Date.now(), durationMs: 0 });
  }
}

/** The same of the entry of a board at hand; `before`: how many of the iteration's nodes are known already. */
export function readOutcome(entry: BoardReader, before: number, task: Origin, place: Place | undefined): IterationOutcome {
  const nodes = new Array<NodeRecord>(entry.nodesLeft);
  for (let ordinal = 0; entry.nodesLeft > 0; entry.skipNode()) {
    const id = task.nodeIds[before + ordinal] ?? '';
    try {
      nodes[ordinal++] = readRecord(id, entry, place);
    } catch (thrown) {
      return unreadable(thrown, id, task, entry);
    }
  }
  return { status: 'completed', nodes };
}

const noWrites: NodeRecord['writes'] = [];

function readRecord(id: string, entry: BoardReader, place: Place | undefined): NodeRecord {
  const { status, startedAt, durationMs } = entry;
  if (!entry.hasOutput) return { id, status, startedAt, durationMs, writes: noWrites, place };
  return { id, status, startedAt, durationMs, writes: noWrites, place, output: entry.output() };
}

/** Written out field by field: to spread an object and add fields to it takes V8 longer than a tiny node takes to run. */
function decodeRecord(wire: WireRecord, values: readonly Encoded[], place: Place | undefined): NodeRecord {
  const { id, status, startedAt, durationMs, output } = wire;
  const writes = wire.writes.map((write) => ({ ...write, value: decode(values[write.value] as Encoded) }));
  if (output === undefined) return { id, status, startedAt, durationMs, writes, place };
  return { id, status, startedAt, durationMs, writes, place, output: decodeOutput(output, values) };
}

/** Large ones are read when somebody asks for them. */
function decodeOutput(output: number | Part, values: readonly Encoded[]): unknown {
  if (typeof output !== 'number') return new Snapshot(weighed(output));
  const encoded = values[output] as Encoded;
  return encoded.transfers.length > 0 ? new Snapshot(encoded) : decode(encoded);
}

function decodeFailure({ nodeId, error, startedAt, durationMs }: WireFailure, nodes: readonly NodeRecord[]): IterationOutcome {
  return { status: 'failed', nodes, nodeId, error: decodeError(error) as FlowError, startedAt, durationMs };
}

function unreadable(
  thrown: unknown,
  nodeId: string,
  { run }: Origin,
  { startedAt, durationMs }: Pick<NodeRecord, 'startedAt' | 'durationMs'>,
): IterationOutcome {
  const error = nodeError(thrown, { nodeId, source: run.nodes[nodeId]?.at });
  return { status: 'failed', nodes: [], nodeId, error, startedAt, durationMs };
}
