/** What a journal holds: results by thread, and what only the coordinating thread of a process knows. */
export type JournalKind = 'results' | 'decisions' | 'failures';

/** How the journals of one process of a run are called; those of its threads go on from it. */
export function journalStem(kind: JournalKind, process: number): string {
  return `${kind}-${process}`;
}

export function journalName(stem: string, thread?: number): string {
  return `${stem}${thread === undefined ? '' : `-${thread}`}.journal`;
}

/** The number of the process that wrote a journal. Undefined when the file is none. */
export function processOfJournal(file: string): number | undefined {
  const number = /^(?:results|decisions|failures)-(\d+)(?:-\d+)?\.journal$/.exec(file)?.[1];
  return number === undefined ? undefined : Number(number);
}
