import { threadId } from 'node:worker_threads';
import { createRedactor, type Redactor } from '../errors/redact.js';
import { journalName } from '../journal/journal-name.js';
import { JournalWriter } from '../journal/journal-writer.js';
import type { Encoded } from '../transport/encode.js';
import type { DoneNode } from './done-node.js';
import type { PackedRecord } from './messages.js';
import { toOutcomeRecord } from './outcome-record.js';
import { digestOfPlain } from './plain-iterations.js';
import { recordKey } from './record-key.js';
import type { Iteration, RecordPlace, RunPackage } from './types.js';

/** Where this thread notes what it has finished of a run, as soon as it has. */
export class RunJournal {
  readonly #writer: JournalWriter;
  readonly #trouble: Int32Array;
  readonly #redactor: Redactor;

  constructor({ journals, trouble }: RecordPlace, { secrets }: RunPackage) {
    this.#trouble = new Int32Array(trouble);
    this.#writer = new JournalWriter(journalName(journals, threadId), ({ errno = -1 }) => {
      Atomics.compareExchange(this.#trouble, 0, 0, errno);
    });
    this.#redactor = createRedactor(secrets);
  }

  /** Notes an iteration that has finished, the `at`-th of its task, unless that would give away a secret: small values stand in keys as they are. */
  add(record: PackedRecord, at: number, source: Iteration | Encoded, nodes: readonly DoneNode[]): void {
    const key = 'bytes' in source ? record.keys?.[at] : recordKey(record, source.index, digestOfPlain(source));
    if (key === undefined || Atomics.load(this.#trouble, 0) !== 0 || this.#redactor.text(key) !== key) return;
    const outcome = toOutcomeRecord(nodes);
    if (outcome === undefined || outcome.body.some((bytes) => this.#redactor.containsSecret(bytes))) return;
    this.#writer.append(key, outcome.detail, outcome.body, workMs(nodes));
  }

  flush(): void {
    this.#writer.flush();
  }
}

function workMs(nodes: readonly DoneNode[]): number {
  let sum = 0;
  for (const { durationMs } of nodes) sum += durationMs;
  return sum;
}
