import { fromOutcomeRecord } from '../dispatch/outcome-record.js';
import { recordKey } from '../dispatch/record-key.js';
import type { IterationOutcome, Task, TaskRecord } from '../dispatch/types.js';
import type { FlowError } from '../errors/flow-error.js';
import type { Redactor } from '../errors/redact.js';
import { decodeError, encodeError, type WireError } from '../errors/wire.js';
import type { KnownOutcomes, PathOf } from '../execution/known-outcomes.js';
import type { JournalWriter } from '../journal/journal-writer.js';
import { decode, encode } from '../transport/encode.js';
import type { Journals } from './journals.js';
import type { RecordedDecisions } from './recorded-decisions.js';
import type { TaskKeys } from './task-keys.js';

type Failed = Extract<IterationOutcome, { status: 'failed' }>;

export interface RecordedSources {
  readonly keys: TaskKeys;
  readonly journals: Journals;
  readonly decisions: RecordedDecisions;
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

  async recall(task: Task, pathOf: PathOf, lineage: string): Promise<(IterationOutcome | undefined)[]> {
    const { journals } = this.#sources;
    if (journals.size === 0 || (this.#isOnNewGround && isOfHandler(pathOf(0)))) return [];
    const record = await this.#recordOf(task, pathOf, lineage);
    if (record === undefined) return [];
    return task.iterations.map((_, at) => this.#findReadable(task, record, at, lineage, pathOf(at)));
  }

  async prepare(task: Task, pathOf: PathOf, lineage: string): Promise<Task> {
    if (!isOfHandler(pathOf(0))) this.#isOnNewGround = true;
    const record = await this.#recordOf(task, pathOf, lineage);
    return record === undefined ? task : { ...task, record };
  }

  /** Notes failures. What has completed was noted by whoever ran it. */
  async remember(task: Task, pathOf: PathOf, outcomes: readonly IterationOutcome[], lineage: string): Promise<void> {
    if (outcomes.every(({ status }) => status === 'completed')) return;
    const record = await this.#recordOf(task, pathOf, lineage);
    if (record === undefined) return;
    outcomes.forEach((outcome, at) => {
      if (outcome.status === 'failed' && outcome.error.code !== 'RUN_CANCELLED') this.#noteFailure(task, record, at, outcome);
    });
  }

  #recordOf(task: Task, pathOf: PathOf, lineage: string): Promise<TaskRecord | undefined> {
    const { keys, endedBy } = this.#sources;
    return keys.recordOf(task, pathOf, isOfHandler(pathOf(0)) ? `${endedBy}/${lineage}` : lineage);
  }

  #noteFailure(task: Task, record: TaskRecord, at: number, { nodeId, error, startedAt, durationMs, nodes }: Failed): void {
    // What nodes before it gave is not at hand in a form that could be written down; outside an iteration it may be asked for.
    if (nodes.length > 0 && !record.isIndexed) return;
    const { bytes, transfers } = encode(encodeError(error));
    if (transfers.length > 0 || this.#sources.redactor.containsSecret(bytes)) return;
    const detail = JSON.stringify([nodeId, startedAt, durationMs, bytes.byteLength]);
    this.#sources.failures.append(failureKey(keyOf(task, record, at)), detail, [bytes], Number.POSITIVE_INFINITY);
  }

  /** What was written by another version of Node, and cannot be read back, is computed again. */
  #findReadable(task: Task, record: TaskRecord, at: number, lineage: string, path: string): IterationOutcome | undefined {
    try {
      return this.#find(task, record, at, lineage, path);
    } catch {
      return undefined;
    }
  }

  #find(task: Task, record: TaskRecord, at: number, lineage: string, path: string): IterationOutcome | undefined {
    const key = keyOf(task, record, at);
    const { journals, decisions } = this.#sources;
    const entry = journals.find(key);
    if (entry) return { status: 'completed', nodes: fromOutcomeRecord(entry.detail, entry.body, task.nodeIds) };
    const failure = decisions.isHandled(lineage, path + (task.nodeIds[0] ?? '')) ? journals.find(failureKey(key)) : undefined;
    if (failure === undefined) return undefined;
    const [nodeId, startedAt, durationMs, size] = JSON.parse(failure.detail) as [string, number, number, number];
    const bytes = new Uint8Array(failure.body.take(new ArrayBuffer(size)));
    const error = decodeError(decode({ bytes, transfers: [] }) as WireError) as FlowError;
    return { status: 'failed', nodes: [], nodeId, error, startedAt, durationMs, isHandled: true };
  }
}

function keyOf({ iterations }: Task, record: TaskRecord, at: number): string {
  const iteration = iterations[at];
  return iteration === undefined ? '' : recordKey(record, iteration.index, record.digestOf(iteration));
}

function failureKey(key: string): string {
  return `failed ${key}`;
}

function isOfHandler(path: string): boolean {
  return path.startsWith('finally/') || path.startsWith('on-error/');
}
