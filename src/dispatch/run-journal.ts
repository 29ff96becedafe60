import { threadId } from 'node:worker_threads';
import { createRedactor, type Redactor } from '../errors/redact.js';
import { journalName } from '../journal/journal-name.js';
import { JournalWriter, shortMs } from '../journal/journal-writer.js';
import type { Encoded } from '../transport/encode.js';
import type { DoneNode } from './done-node.js';
import { digestOfPlainFront } from './front-digest.js';
import type { PackedFronts, PackedRecord } from './messages.js';
import { toOutcomeRecord } from './outcome-record.js';
import { digestOfPlain } from './plain-digest.js';
import { frontKey, recordEnd, recordKey } from './record-key.js';
import type { Iteration, RecordPlace, RunPackage } from './types.js';

/** Where the system gives no number. */
const unknownErrno = 1;

/** Where this thread notes what it has finished of a run, as soon as it has. */
export class RunJournal {
  readonly #writer: JournalWriter;
  readonly #trouble: Int32Array;
  readonly #redactor: Redactor;
  /** Nodes that took no time worth counting when they last ran. */
  readonly #short = new Set<string>();

  constructor({ journals, trouble }: RecordPlace, { secrets }: Pick<RunPackage, 'secrets'>) {
    this.#trouble = new Int32Array(trouble);
    this.#writer = new JournalWriter(journalName(journals, threadId), ({ errno = unknownErrno }) => {
      Atomics.compareExchange(this.#trouble, 0, 0, errno);
    });
    this.#redactor = createRedactor(secrets);
  }

  /** Notes an iteration that has finished. */
  add(noted: Noted, nodes: readonly DoneNode[]): void {
    this.#add(recordKey(noted.record, endOf(noted)), nodes);
  }

  /** Notes nodes that have finished, from the `from`-th of the segment on. False when that cannot be. */
  addFront(noted: Noted, from: number, nodes: readonly DoneNode[]): boolean {
    const { fronts } = noted.record;
    const last = from + nodes.length - 1;
    const base = fronts?.bases[last];
    if (fronts === undefined || base === undefined) return false;
    return this.#add(frontKey(base, from, frontEndOf(noted, fronts, last)), nodes);
  }

  learn({ id, durationMs }: DoneNode): void {
    if (durationMs < shortMs) this.#short.add(id);
    else this.#short.delete(id);
  }

  /** Whether a node is likely to be over before a note of what was before it could be written. */
  isShort(id: string): boolean {
    return this.#short.has(id);
  }

  /** What has gathered must not lie unwritten for as long as a node may take. */
  prepareFor(id: string): void {
    if (this.#writer.hasUnwritten && !this.#short.has(id)) this.#writer.flush();
  }

  /** Not what would give away a secret: small values stand in keys as they are. */
  #add(key: string, nodes: readonly DoneNode[]): boolean {
    if (Atomics.load(this.#trouble, 0) !== 0 || this.#redactor.text(key) !== key) return false;
    const outcome = toOutcomeRecord(nodes);
    if (outcome === undefined || outcome.body.some((bytes) => this.#redactor.containsSecret(bytes))) return false;
    this.#writer.append(key, outcome.detail, outcome.body, workMs(nodes));
    return true;
  }

  flush(): void {
    this.#writer.flush();
  }
}

/** An iteration, the `at`-th of its task. */
export interface Noted {
  readonly record: PackedRecord;
  readonly at: number;
  readonly source: Iteration | Encoded;
}

function endOf({ record, at, source }: Noted): string {
  return record.ends?.[at] ?? ('bytes' in source ? '' : recordEnd(record, source.index, digestOfPlain(source)));
}

/** Of the nodes up to `last`. */
function frontEndOf({ record, at, source }: Noted, { names, ends }: PackedFronts, last: number): string {
  const told = ends?.[at]?.slice(0, last + 1).findLast((end) => end !== 0);
  if (told !== undefined) return told;
  return 'bytes' in source ? '' : recordEnd(record, source.index, digestOfPlainFront(source, names.slice(0, last + 1)));
}

function workMs(nodes: readonly DoneNode[]): number {
  let sum = 0;
  for (const { durationMs } of nodes) sum += durationMs;
  return sum;
}
