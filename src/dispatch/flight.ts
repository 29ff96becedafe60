import { FlowError } from '../errors/flow-error.js';
import { decodeError } from '../errors/wire.js';
import { decode, type Encoded, encode } from '../transport/encode.js';
import { pack, unpack } from '../transport/pack.js';
import { Snapshot } from '../transport/snapshot.js';
import type { RunningAttempt } from './control-block.js';
import type { TaskMessage, TaskPart, WireFailure, WireOutcome, WireRecord } from './messages.js';
import { cancelledError, nodeError } from './node-error.js';
import { Luggage } from './scope.js';
import type { DispatchOptions, Iteration, IterationOutcome, NodeRecord, Slice, Task, TaskEvent, TaskReply } from './types.js';

const nothing: Encoded = { bytes: new Uint8Array(0), transfers: [] };

/** A task on its way, over as many threads as it takes: what is done so far, and what is still to do. */
export class Flight {
  readonly id: number;
  readonly task: Task;
  readonly reply: Promise<TaskReply>;
  isCancelled = false;
  /** Threads that died under it between two attempts, when nothing of it could be blamed. */
  strayDeaths = 0;
  readonly #onEvent: ((event: TaskEvent) => void) | undefined;
  readonly #outcomes: (IterationOutcome | undefined)[];
  #resolve!: (reply: TaskReply) => void;
  #missing: number;
  /** Positions in the task of the iterations in the message that is out. */
  #sent: readonly number[] = [];
  #partsReceived = 0;
  #onPart: (() => void) | undefined;

  constructor(id: number, task: Task, options: DispatchOptions) {
    this.id = id;
    this.task = task;
    this.#onEvent = options.onEvent;
    this.#outcomes = task.iterations.map(() => undefined);
    this.#missing = task.iterations.length;
    this.reply = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isDone(): boolean {
    return this.#missing === 0;
  }

  /** The next message: every iteration without an outcome. Undefined when none can be sent; each has its error then. */
  compose(slot: number): TaskMessage | undefined {
    const { nodeIds, keep, run, travels = true } = this.task;
    const luggage = new Luggage();
    const values = this.#encodeMissing(luggage);
    if (values.length < 2) return undefined;
    this.#partsReceived = 0;
    const ids = { task: this.id, slot, packageKey: run.key, package: undefined };
    return { kind: 'task', ...ids, nodeIds, keep, travels, values: pack(values), held: luggage.parts };
  }

  /** Takes in what a worker did; its events are passed on in order. */
  receive(part: TaskPart): void {
    const values = unpack(part.values);
    for (const event of part.events) {
      if (event.type !== 'finished') this.#onEvent?.({ ...event, iteration: this.#sent[event.iteration] ?? 0 });
    }
    for (const outcome of part.outcomes) this.#settle(this.#sent[outcome.iteration] ?? 0, this.#decodeOutcome(outcome, values));
    if (part.outcomes.length > 0 && !this.isDone) this.#onEvent?.({ type: 'finished', count: part.outcomes.length });
    this.#partsReceived++;
    this.#onPart?.();
  }

  /** Resolves once this many parts of the message that is out have come in. */
  async received(parts: number): Promise<void> {
    while (this.#partsReceived < parts) {
      await new Promise<void>((resolve) => {
        this.#onPart = resolve;
      });
    }
  }

  /** The iteration that ran when its thread died; the others may run again. */
  failRunning(running: RunningAttempt, error: FlowError): void {
    const position = this.#sent[running.iteration] ?? 0;
    const nodeId = this.task.nodeIds[running.node] ?? '';
    const where = { nodeId, attempt: running.attempt, source: this.task.run.nodes[nodeId]?.at };
    const { startedAt } = running;
    this.#settle(position, {
      status: 'failed',
      nodes: [],
      nodeId,
      error: error.located(where),
      startedAt,
      durationMs: Math.max(0, Date.now() - startedAt),
    });
  }

  /** Every iteration that has no outcome yet. */
  failMissing(error: FlowError): void {
    for (const position of this.#missingPositions()) this.#failUnstarted(position, error);
  }

  cancelMissing(): void {
    this.failMissing(cancelledError({ nodeId: this.task.nodeIds[0] }));
  }

  /** Hands the reply over. */
  land(): void {
    this.#resolve({ outcomes: this.#outcomes as IterationOutcome[] });
  }

  #missingPositions(): number[] {
    return [...this.#outcomes.keys()].filter((position) => this.#outcomes[position] === undefined);
  }

  #settle(position: number, outcome: IterationOutcome): void {
    if (this.#outcomes[position] === undefined) this.#missing--;
    this.#outcomes[position] = outcome;
  }

  #failUnstarted(position: number, error: FlowError): void {
    const nodeId = this.task.nodeIds[0] ?? '';
    const located = error.located({ nodeId, source: this.task.run.nodes[nodeId]?.at });
    this.#settle(position, { status: 'failed', nodes: [], nodeId, error: located, startedAt: Date.now(), durationMs: 0 });
  }

  /** The shared slice first. An iteration that cannot be encoded gets its error and stays behind. */
  #encodeMissing(luggage: Luggage): Encoded[] {
    const { shared, iterations } = this.task;
    const isBare = Object.keys(shared.names).length === 0 && Object.keys(shared.nodes).length === 0;
    const sent: number[] = [];
    const values: Encoded[] = [];
    try {
      values.push(isBare ? nothing : encodeShared(shared, luggage));
    } catch (thrown) {
      this.failMissing(nodeError(thrown, {}));
    }
    for (const position of this.#missingPositions()) {
      try {
        values.push(encodeIteration(iterations[position] as Iteration, luggage));
        sent.push(position);
      } catch (thrown) {
        this.#failUnstarted(position, nodeError(thrown, {}));
      }
    }
    this.#sent = sent;
    return values;
  }

  #decodeOutcome({ nodes, failure }: WireOutcome, values: readonly Encoded[]): IterationOutcome {
    let at = nodes[0]?.id ?? '';
    try {
      const records = nodes.map((node) => {
        at = node.id;
        return decodeRecord(node, values);
      });
      return failure === undefined ? { status: 'completed', nodes: records } : decodeFailure(failure, records);
    } catch (thrown) {
      const where = { nodeId: at, source: this.task.run.nodes[at]?.at };
      const { startedAt = Date.now(), durationMs = 0 } = nodes.find(({ id }) => id === at) ?? {};
      return { status: 'failed', nodes: [], nodeId: at, error: nodeError(thrown, where), startedAt, durationMs };
    }
  }
}

function encodeShared(shared: Slice, luggage: Luggage): Encoded {
  const { names, nodes } = shared;
  const places = luggage.placesOf(shared, []);
  return encodeNamed(places.length === 0 ? { names, nodes } : { names, nodes, places }, { ...names, ...nodes });
}

function encodeIteration(iteration: Iteration, luggage: Luggage): Encoded {
  const wire = luggage.toWireIteration(iteration);
  const [, , , input, item, names, nodes] = wire;
  return encodeNamed(wire, { input, item, ...names, ...nodes });
}

/** @throws FlowError VALUE_NOT_CLONEABLE saying under which name the fault lies */
function encodeNamed(value: unknown, parts: Readonly<Record<string, unknown>>): Encoded {
  try {
    return encode(value);
  } catch (thrown) {
    for (const [name, part] of Object.entries(parts)) encodePart(name, part);
    throw thrown;
  }
}

function encodePart(name: string, part: unknown): void {
  try {
    encode(part);
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    throw new FlowError(thrown.code, `\`${name}\`: ${thrown.message}`, { hint: thrown.hint, cause: thrown.cause });
  }
}

function decodeRecord({ output, writes, ...rest }: WireRecord, values: readonly Encoded[]): NodeRecord {
  const valueAt = (position: number) => decode(values[position] as Encoded);
  const record = { ...rest, writes: writes.map((write) => ({ ...write, value: valueAt(write.value) })) };
  if (output === undefined) return record;
  if (typeof output !== 'number') return { ...record, output: new Snapshot(output) };
  const encoded = values[output] as Encoded;
  return { ...record, output: encoded.transfers.length > 0 ? new Snapshot(encoded) : decode(encoded) };
}

function decodeFailure({ nodeId, error, startedAt, durationMs }: WireFailure, nodes: readonly NodeRecord[]): IterationOutcome {
  return { status: 'failed', nodes, nodeId, error: decodeError(error) as FlowError, startedAt, durationMs };
}
