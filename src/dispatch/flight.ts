import { FlowError } from '../errors/flow-error.js';
import { decodeError } from '../errors/wire.js';
import { decode, type Encoded, encodeShallow } from '../transport/encode.js';
import { weighed } from '../transport/part.js';
import { Snapshot } from '../transport/snapshot.js';
import type { Place } from './auto-nodes.js';
import type { BoardReader } from './board.js';
import type { RunningAttempt } from './control-block.js';
import { injectedError } from './faults.js';
import type { WireFailure, WireOutcome, WireRecord } from './messages.js';
import { cancelledError, nodeError } from './node-error.js';
import type { Luggage } from './scope.js';
import type { DispatchOptions, Iteration, IterationOutcome, NodeRecord, Slice, Task, TaskEvent, TaskReply } from './types.js';

const nothing: Encoded = { bytes: new Uint8Array(0), transfers: [] };

/**
 * A task on its way, over as many threads as it takes: what is done so far, and what is still to do. Once discarded it holds
 * nothing more: the table that a `Map` or `Set` has outgrown refers to the next one, and in the old generation keeps all that was in it.
 */
export class Flight {
  readonly id: number;
  /** Without its iterations once it is discarded. */
  task: Task;
  isCancelled = false;
  /** Who cancelled it had not expected it to go on for so long, and may want to know where it was. */
  isOverdue = false;
  /** Called with the last outcome. */
  onLanded: ((reply: TaskReply) => void) | undefined;
  /** It waits in a queue. */
  isQueued = false;
  /** Where the outcomes that come in ran, when the dispatcher had a choice. */
  place: Place | undefined;
  /** Threads that died under it between two attempts, when nothing of it could be blamed. */
  strayDeaths = 0;
  #onEvent: ((event: TaskEvent) => void) | undefined;
  #outcomes: (IterationOutcome | undefined)[];
  #missing: number;
  /** Iterations from here on have never been sent. */
  #fresh = 0;
  /** Positions of those that were sent and came back undone. */
  #returned: number[] = [];
  /** Nodes of iterations that go on, by position: what is left of them if their thread dies. */
  readonly #begun = new Map<number, readonly NodeRecord[]>();

  constructor(id: number, task: Task, options: DispatchOptions) {
    this.id = id;
    this.task = task;
    this.#onEvent = options.onEvent;
    this.#outcomes = new Array<undefined>(task.iterations.length).fill(undefined);
    this.#missing = task.iterations.length;
  }

  get isDone(): boolean {
    return this.#missing === 0;
  }

  /** Whether an attempt of it has a limit of time, or may be made to hang. */
  get isTimed(): boolean {
    const { nodeIds, faults, run } = this.task;
    return faults !== undefined || nodeIds.some((id) => run.nodes[id]?.timeoutMs !== undefined);
  }

  /** Iterations without an outcome. */
  get missing(): number {
    return this.#missing;
  }

  /** Iterations that no thread has. */
  get unsent(): number {
    return this.isDone ? 0 : this.#returned.length + this.#outcomes.length - this.#fresh;
  }

  /** Hands out at most so many positions of iterations that no thread has, in order. */
  takeUnsent(limit: number): number[] {
    if (this.isDone) return [];
    const positions = this.#returned.splice(0, limit);
    while (positions.length < limit && this.#fresh < this.#outcomes.length) positions.push(this.#fresh++);
    return positions.filter((position) => this.#outcomes[position] === undefined);
  }

  /** Positions that a thread did not come to. Those without an outcome are to be sent again. */
  giveBack(positions: readonly number[]): void {
    const undone = positions.filter((position) => !this.hasOutcome(position));
    for (const position of undone) this.#begun.delete(position);
    if (undone.length > 0) this.#returned = [...this.#returned, ...undone].sort((a, b) => a - b);
  }

  outcomeOf(position: number): IterationOutcome | undefined {
    return this.#outcomes[position];
  }

  hasOutcome(position: number): boolean {
    return this.isDone || this.#outcomes[position] !== undefined;
  }

  tell(event: TaskEvent): void {
    this.#onEvent?.(event);
  }

  /** Takes in how an iteration ended, or what it has done so far. Gives back whether that ends the others too. */
  settleWire(position: number, outcome: WireOutcome, values: readonly Encoded[]): boolean {
    this.#advance(position, this.#decodeOutcome(outcome, values));
    return outcome.failure !== undefined && this.task.stopsAtFailure === true;
  }

  /** The same for what is in the board. */
  settlePinned(position: number, entry: BoardReader): void {
    const before = this.#begun.get(position)?.length ?? 0;
    const nodes = new Array<NodeRecord>(entry.nodesLeft);
    for (let ordinal = 0; entry.nodesLeft > 0; entry.skipNode()) {
      const id = this.task.nodeIds[before + ordinal] ?? '';
      try {
        nodes[ordinal++] = recordOf(id, entry, this.place);
      } catch (thrown) {
        this.#settle(position, this.#unreadable(thrown, id, entry));
        return;
      }
    }
    this.#advance(position, { status: 'completed', nodes });
  }

  /** The iteration that ran when its thread died; the others may run again. */
  failRunning(position: number, running: RunningAttempt, error: FlowError): void {
    const nodeId = this.task.nodeIds[running.node] ?? '';
    const where = { nodeId, attempt: running.attempt, source: this.task.run.nodes[nodeId]?.at };
    const { startedAt } = running;
    const fault = this.task.faults?.[position]?.find(({ node }) => node === running.node);
    this.#settle(position, {
      status: 'failed',
      nodes: this.#begun.get(position) ?? [],
      nodeId,
      error: (injectedError(fault, error, nodeId) ?? error).located(where),
      startedAt,
      durationMs: Math.max(0, Date.now() - startedAt),
    });
  }

  fail(positions: readonly number[], error: FlowError): void {
    for (const position of positions) this.#failUnstarted(position, error);
  }

  cancel(positions: readonly number[]): void {
    this.fail(positions, cancelledError({ nodeId: this.task.nodeIds[0] }));
  }

  /** Every iteration that no thread has. */
  cancelUnsent(): void {
    this.cancel(this.takeUnsent(Number.POSITIVE_INFINITY));
  }

  /** Undefined when it cannot be encoded: these iterations have their error then. */
  encodeShared(positions: readonly number[], luggage: Luggage): Encoded | undefined {
    const { shared } = this.task;
    const isBare = Object.keys(shared.names).length === 0 && Object.keys(shared.nodes).length === 0;
    try {
      return isBare ? nothing : encodeShared(shared, luggage);
    } catch (thrown) {
      this.fail(positions, nodeError(thrown, {}));
      return undefined;
    }
  }

  /** Undefined when it cannot be encoded: it has its error then. */
  encodeIteration(position: number, luggage: Luggage): Encoded | undefined {
    try {
      return encodeIteration(this.task.iterations[position] as Iteration, luggage);
    } catch (thrown) {
      this.#failUnstarted(position, nodeError(thrown, {}));
      return undefined;
    }
  }

  /** An outcome holds the nodes since the last one of its iteration, which goes on until all its nodes are there. */
  #advance(position: number, outcome: IterationOutcome): void {
    const begun = this.#begun.get(position);
    const whole = begun === undefined ? outcome : { ...outcome, nodes: [...begun, ...outcome.nodes] };
    if (whole.status === 'completed' && whole.nodes.length < this.task.nodeIds.length) this.#begun.set(position, whole.nodes);
    else this.#settle(position, whole);
  }

  /** The reply is handed over with the last outcome. What came first counts. */
  #settle(position: number, outcome: IterationOutcome): void {
    if (this.hasOutcome(position)) return;
    this.#begun.delete(position);
    this.#outcomes[position] = outcome;
    this.#missing--;
    if (this.#missing > 0) return;
    this.onLanded?.({ outcomes: this.#outcomes as IterationOutcome[] });
    this.onLanded = undefined;
    this.#onEvent = undefined;
  }

  /** Lets go of everything, if it is done: nobody will ask for it any more. */
  discard(): void {
    if (!this.isDone) return;
    this.#outcomes = [];
    this.task = { ...this.task, iterations: [] };
  }

  #failUnstarted(position: number, error: FlowError): void {
    const nodeId = this.task.nodeIds[0] ?? '';
    const located = error.located({ nodeId, source: this.task.run.nodes[nodeId]?.at });
    this.#settle(position, { status: 'failed', nodes: [], nodeId, error: located, startedAt: Date.now(), durationMs: 0 });
  }

  #decodeOutcome({ nodes, failure }: WireOutcome, values: readonly Encoded[]): IterationOutcome {
    let at = nodes[0]?.id ?? '';
    try {
      const records = nodes.map((node) => {
        at = node.id;
        return decodeRecord(node, values, this.place);
      });
      return failure === undefined ? { status: 'completed', nodes: records } : decodeFailure(failure, records);
    } catch (thrown) {
      return this.#unreadable(thrown, at, nodes.find(({ id }) => id === at) ?? { startedAt: Date.now(), durationMs: 0 });
    }
  }

  #unreadable(thrown: unknown, nodeId: string, { startedAt, durationMs }: Timing): IterationOutcome {
    const where = { nodeId, source: this.task.run.nodes[nodeId]?.at };
    return { status: 'failed', nodes: [], nodeId, error: nodeError(thrown, where), startedAt, durationMs };
  }
}

interface Timing {
  readonly startedAt: number;
  readonly durationMs: number;
}

const noWrites: NodeRecord['writes'] = [];

function recordOf(id: string, entry: BoardReader, place: Place | undefined): NodeRecord {
  const { status, startedAt, durationMs } = entry;
  if (!entry.hasOutput) return { id, status, startedAt, durationMs, writes: noWrites, place };
  return { id, status, startedAt, durationMs, writes: noWrites, place, output: entry.output() };
}

function encodeShared(shared: Slice, luggage: Luggage): Encoded {
  const { names, nodes } = shared;
  const places = luggage.placesOf(shared, []);
  return encodeNamed(places.length === 0 ? { names, nodes } : { names, nodes, places }, () => ({ ...names, ...nodes }));
}

function encodeIteration(iteration: Iteration, luggage: Luggage): Encoded {
  const wire = luggage.toWireIteration(iteration);
  const [, , , input, item, names, nodes] = wire;
  return encodeNamed(wire, () => ({ input, item, ...names, ...nodes }));
}

/** @throws FlowError VALUE_NOT_CLONEABLE saying under which name the fault lies */
function encodeNamed(value: unknown, parts: () => Readonly<Record<string, unknown>>): Encoded {
  try {
    return encodeShallow(value, 'wrapped');
  } catch (thrown) {
    for (const [name, part] of Object.entries(parts())) encodePart(name, part);
    throw thrown;
  }
}

function encodePart(name: string, part: unknown): void {
  try {
    encodeShallow(part);
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    throw new FlowError(thrown.code, `\`${name}\`: ${thrown.message}`, { hint: thrown.hint, cause: thrown.cause });
  }
}

function decodeRecord({ output, writes, ...rest }: WireRecord, values: readonly Encoded[], place: Place | undefined): NodeRecord {
  const valueAt = (position: number) => decode(values[position] as Encoded);
  const record = { ...rest, place, writes: writes.map((write) => ({ ...write, value: valueAt(write.value) })) };
  if (output === undefined) return record;
  if (typeof output !== 'number') return { ...record, output: new Snapshot(weighed(output)) };
  const encoded = values[output] as Encoded;
  return { ...record, output: encoded.transfers.length > 0 ? new Snapshot(encoded) : decode(encoded) };
}

function decodeFailure({ nodeId, error, startedAt, durationMs }: WireFailure, nodes: readonly NodeRecord[]): IterationOutcome {
  return { status: 'failed', nodes, nodeId, error: decodeError(error) as FlowError, startedAt, durationMs };
}
