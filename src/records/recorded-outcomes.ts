import { fromOutcomeRecord } from '../dispatch/outcome-record.js';
import { recordEnd, recordKey } from '../dispatch/record-key.js';
import type { Iteration, IterationOutcome, NodeRecord, Task, TaskRecord } from '../dispatch/types.js';
import type { FlowError } from '../errors/flow-error.js';
import type { Redactor } from '../errors/redact.js';
import { decodeError, encodeError, type WireError } from '../errors/wire.js';
import type { KnownOutcomes, PathOf, Recalled } from '../execution/known-outcomes.js';
import type { JournalWriter } from '../journal/journal-writer.js';
import { decode, encode } from '../transport/encode.js';
import type { ValueRead } from '../types/reads.js';
import type { CodeWatch } from './code-watch.js';
import type { Journals } from './journals.js';
import type { RecordedDecisions } from './recorded-decisions.js';
import { asKept, recordedFront } from './recorded-front.js';
import type { TaskKeys } from './task-keys.js';

type Timing = Pick<NodeRecord, 'startedAt' | 'durationMs'>;

/** A task that may have been noted. */
interface Asked {
  readonly task: Task;
  readonly record: TaskRecord;
  /** Files of code that its nodes are made of. */
  readonly files: readonly string[];
  readonly lineage: string;
}

type Failed = Extract<IterationOutcome, { status: 'failed' }>;

export interface RecordedSources {
  readonly keys: TaskKeys;
  readonly journals: Journals;
  readonly decisions: RecordedDecisions;
  readonly watch: CodeWatch;
  /** What the expressions of each node read, by its id. */
  readonly reads: ReadonlyMap<string, readonly ValueRead[]>;
  readonly redactor: Redactor;
  /** The last process that brought the run to an end, or 0: what was cleaned up until then is to be cleaned up again. */
  readonly endedBy: number;
  /** Where failures are noted, which only this thread knows. */
  readonly failures: JournalWriter;
}

/** The outcomes that earlier processes noted of this run; has its threads note theirs. */
export class RecordedOutcomes implements KnownOutcomes {
  readonly source = 'resume';
  readonly #sources: RecordedSources;
  /** Something runs that is not known, handlers aside. */
  #isOnNewGround = false;

  constructor(sources: RecordedSources) {
    this.#sources = sources;
  }

  async recall(task: Task, pathOf: PathOf, lineage: string): Promise<(Recalled | undefined)[]> {
    const { journals } = this.#sources;
    if (journals.size === 0 || (this.#isOnNewGround && isOfHandler(pathOf(0)))) return [];
    const record = await this.#recordOf(task, pathOf, lineage);
    if (record === undefined) return [];
    const asked: Asked = { task, record, files: await this.#sources.keys.filesOf(task), lineage };
    return task.iterations.map((_, at) => this.#findReadable(asked, at, pathOf(at)));
  }

  async prepare(task: Task, pathOf: PathOf, lineage: string): Promise<Task> {
    if (!isOfHandler(pathOf(0))) this.#isOnNewGround = true;
    const record = await this.#recordOf(task, pathOf, lineage);
    return record !== undefined && (await this.#isCurrent(task)) ? { ...task, record } : task;
  }

  /** Notes failures. What has completed was noted by whoever ran it. */
  async remember(task: Task, pathOf: PathOf, outcomes: readonly IterationOutcome[], lineage: string): Promise<void> {
    const isCurrent = await this.#isCurrent(task);
    if (outcomes.every(({ status }) => status === 'completed')) return;
    const record = await this.#recordOf(task, pathOf, lineage);
    if (record === undefined || !isCurrent) return;
    outcomes.forEach((outcome, at) => {
      if (outcome.status === 'failed' && outcome.error.code !== 'RUN_CANCELLED') this.#noteFailure(task, record, at, outcome);
    });
  }

  async #isCurrent(task: Task): Promise<boolean> {
    const { keys, watch } = this.#sources;
    return watch.areCurrent(await keys.filesOf(task));
  }

  #recordOf(task: Task, pathOf: PathOf, lineage: string): Promise<TaskRecord | undefined> {
    const { keys, endedBy } = this.#sources;
    return keys.recordOf(task, pathOf, isOfHandler(pathOf(0)) ? `${endedBy}/${lineage}` : lineage);
  }

  #noteFailure(task: Task, record: TaskRecord, at: number, { nodeId, error, startedAt, durationMs }: Failed): void {
    const { bytes, transfers } = encode(encodeError(error));
    if (transfers.length > 0 || this.#sources.redactor.containsSecret(bytes)) return;
    const detail = JSON.stringify([nodeId, startedAt, durationMs, bytes.byteLength]);
    this.#sources.failures.append(
      failureKey(recordKey(record, endOf(task, record, at))),
      detail,
      [bytes],
      Number.POSITIVE_INFINITY,
    );
  }

  /** What was written by another version of Node, and cannot be read back, is computed again. */
  #findReadable(asked: Asked, at: number, path: string): Recalled | undefined {
    try {
      return this.#find(asked, at, path);
    } catch {
      return undefined;
    }
  }

  #find({ task, record, files, lineage }: Asked, at: number, path: string): Recalled | undefined {
    const iteration = task.iterations[at] as Iteration;
    const key = recordKey(record, endOf(task, record, at));
    const { journals, decisions, reads } = this.#sources;
    const isCertain = (ran: readonly Timing[], process: number): boolean =>
      ran.every(({ startedAt, durationMs }) => !decisions.isDoubtful(process, files, startedAt + durationMs));
    const entry = journals.find(key);
    const whole = entry && fromOutcomeRecord(entry.detail, entry.body, task.nodeIds);
    if (entry && whole && isCertain(whole, entry.process)) return { status: 'completed', nodes: whole };
    const nodes = recordedFront(task, record, iteration, { journals, reads, isCertain });
    if (nodes.length === task.nodeIds.length) return { status: 'completed', nodes };
    const isHandled = decisions.isHandled(lineage, path + (task.nodeIds[0] ?? ''));
    const failure = isHandled ? this.#findFailure(task, record, key, nodes, isCertain) : undefined;
    return failure ?? (nodes.length > 0 ? { status: 'begun', nodes } : undefined);
  }

  /** `front`: what is known of the nodes before it. */
  #findFailure(
    { nodeIds, keep }: Task,
    { isIndexed }: TaskRecord,
    key: string,
    front: readonly NodeRecord[],
    isCertain: (ran: readonly Timing[], process: number) => boolean,
  ): Failed | undefined {
    const entry = this.#sources.journals.find(failureKey(key));
    if (entry === undefined) return undefined;
    const [nodeId, startedAt, durationMs, size] = JSON.parse(entry.detail) as [string, number, number, number];
    if (!isCertain([{ startedAt, durationMs }], entry.process)) return undefined;
    const nodes = front.slice(0, nodeIds.indexOf(nodeId)).map((node) => asKept(node, keep));
    // Outside an iteration, what they gave may be asked for.
    if (nodes.length < nodeIds.indexOf(nodeId) && !isIndexed) return undefined;
    const bytes = new Uint8Array(entry.body.take(new ArrayBuffer(size)));
    const error = decodeError(decode({ bytes, transfers: [] }) as WireError) as FlowError;
    return { status: 'failed', nodes, nodeId, error, startedAt, durationMs, isHandled: true };
  }
}

function endOf({ iterations }: Task, record: TaskRecord, at: number): string {
  const iteration = iterations[at];
  return iteration === undefined ? '' : recordEnd(record, iteration.index, record.digestOf(iteration));
}

function failureKey(key: string): string {
  return `failed ${key}`;
}

function isOfHandler(path: string): boolean {
  return path.startsWith('finally/') || path.startsWith('on-error/');
}
