import { fromOutcomeRecord } from '../dispatch/outcome-record.js';
import { recordKey } from '../dispatch/record-key.js';
import type { IterationOutcome, Task, TaskRecord } from '../dispatch/types.js';
import type { KnownOutcomes, PathOf } from '../execution/known-outcomes.js';
import type { Journals } from './journals.js';
import type { TaskKeys } from './task-keys.js';

/** The outcomes that earlier processes noted of this run; has its threads note theirs. */
export class RecordedOutcomes implements KnownOutcomes {
  readonly source = 'resume';
  readonly #keys: TaskKeys;
  readonly #journals: Journals;

  constructor(keys: TaskKeys, journals: Journals) {
    this.#keys = keys;
    this.#journals = journals;
  }

  async recall(task: Task, pathOf: PathOf, lineage: string): Promise<(IterationOutcome | undefined)[]> {
    if (this.#journals.size === 0) return [];
    const record = await this.#keys.recordOf(task, pathOf, lineage);
    return record === undefined ? [] : task.iterations.map((_, at) => this.#find(task, record, at));
  }

  async prepare(task: Task, pathOf: PathOf, lineage: string): Promise<Task> {
    const record = await this.#keys.recordOf(task, pathOf, lineage);
    return record === undefined ? task : { ...task, record };
  }

  async remember(): Promise<void> {}

  #find({ nodeIds, iterations }: Task, record: TaskRecord, at: number): IterationOutcome | undefined {
    const iteration = iterations[at];
    if (iteration === undefined) return undefined;
    const entry = this.#journals.find(recordKey(record, iteration.index, record.digestOf(iteration)));
    return entry && { status: 'completed', nodes: fromOutcomeRecord(entry.detail, entry.body, nodeIds) };
  }
}
