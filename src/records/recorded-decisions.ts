import type { Decision, Decisions } from '../execution/known-outcomes.js';
import { JournalWriter } from '../journal/journal-writer.js';
import type { Journals } from './journals.js';

/** What was decided, kept in a journal of its own. */
export class RecordedDecisions implements Decisions {
  readonly #journals: Journals;
  readonly #writer: JournalWriter;
  /** Places of failures that were made up for, by path: the lineages. */
  readonly #handled = new Map<string, string[]>();
  /** When files of code may have been written under a process, by process and file. */
  readonly #edits = new Map<string, number>();

  constructor(file: string, journals: Journals, onFault: (error: NodeJS.ErrnoException) => void) {
    this.#journals = journals;
    this.#writer = new JournalWriter(file, onFault);
    for (const key of journals.keys()) {
      const [what, lineage = '', path = ''] = key.split('\t');
      if (what === 'handled') this.#handled.set(path, [...(this.#handled.get(path) ?? []), lineage]);
      if (what === 'edited') this.#edits.set(key, Number(journals.find(key)?.detail));
    }
  }

  recall(what: Decision, lineage: string, path: string): unknown {
    const entry = this.#journals.size === 0 ? undefined : this.#journals.find(keyOf(what, lineage, path));
    return entry && JSON.parse(entry.detail);
  }

  note(what: Decision, lineage: string, path: string, decision: unknown): void {
    this.#writer.append(keyOf(what, lineage, path), JSON.stringify(decision), [], Number.POSITIVE_INFINITY);
  }

  /** `file` was written while the process had perhaps loaded it. */
  noteEdit(process: number, file: string, since: number): void {
    this.#writer.append(editKey(process, file), String(since), [], Number.POSITIVE_INFINITY);
  }

  /** Whether what had ended then may have been done by other code than these files held when they were read. */
  isDoubtful(process: number, files: readonly string[], endedAt: number): boolean {
    if (this.#edits.size === 0) return false;
    return files.some((file) => endedAt >= (this.#edits.get(editKey(process, file)) ?? Number.POSITIVE_INFINITY));
  }

  /** Whether the failure of a node was made up for, at the node or at a block around it. */
  isHandled(lineage: string, path: string): boolean {
    if (this.#handled.size === 0) return false;
    return placesAround(path).some((place) => this.#handled.get(place)?.some((known) => lineage.startsWith(known)));
  }
}

function keyOf(what: Decision, lineage: string, path: string): string {
  return `${what}\t${lineage}\t${path}`;
}

function editKey(process: number, file: string): string {
  return `edited\t${process}\t${file}`;
}

/** `a[3]/b/c` lies in `a` and in `a[3]/b`. */
function placesAround(path: string): string[] {
  const steps = path.split('/');
  return steps.map((step, at) => [...steps.slice(0, at), step.replace(/\[[^\]]*\]$/, '')].join('/'));
}
