import path from 'node:path';
import { getSystemErrorMap } from 'node:util';
import v8 from 'node:v8';
import { describeError } from '../errors/describe-error.js';
import type { RunIdentity } from '../execution/run.js';
import type { RunResult } from '../execution/run-options.js';
import { journalName, journalStem, processOfJournal } from '../journal/journal-name.js';
import { JournalWriter } from '../journal/journal-writer.js';
import { type DefinitionOptions, Definitions } from '../keys/definitions.js';
import { hashValue } from '../keys/hash-value.js';
import type { FlowEvent } from '../types/events.js';
import { CodeWatch } from './code-watch.js';
import { EventLog } from './event-log.js';
import { Journals } from './journals.js';
import { type OpenedRun, type RecordableFlow, type RunSize, withDigest } from './open-record.js';
import type { RunEnding } from './record-shapes.js';
import { RecordedDecisions } from './recorded-decisions.js';
import { RecordedOutcomes } from './recorded-outcomes.js';
import { TaskKeys } from './task-keys.js';

export type Warn = (error: NodeJS.ErrnoException) => void;

/** What the caller is told while the run goes on. */
export interface Voice {
  readonly warn: Warn;
  /** Of a file of code that was written while the run may have loaded it. */
  readonly onEdit: (file: string) => void;
}

export interface RecordSurroundings extends RunSize {
  readonly definitions: Omit<DefinitionOptions, 'flowDirectory'>;
}

/** What is written down of a run while it goes on, by this thread; its other threads note what they finish themselves. */
export class RunRecord {
  readonly identity: RunIdentity;
  readonly outcomes: RecordedOutcomes;
  readonly decisions: RecordedDecisions;
  readonly #flow: RecordableFlow;
  readonly #opened: OpenedRun;
  readonly #warn: Warn;
  readonly #events: EventLog;
  readonly #definitions: Definitions;
  readonly #watch: CodeWatch;
  readonly #journals = new Journals();
  #fallbacks = 0;
  readonly #trouble = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  /** @throws the system's error when nothing can be written */
  constructor(flow: RecordableFlow, opened: OpenedRun, around: RecordSurroundings, { warn, onEdit }: Voice) {
    const { folder, origin, process } = opened;
    this.#flow = flow;
    this.#opened = opened;
    this.#warn = warn;
    this.#events = new EventLog(folder.file('events.ndjson'), around.mode !== 'threads', warn);
    const record = { journals: folder.file(journalStem('results', process)), trouble: this.#trouble.buffer as SharedArrayBuffer };
    this.identity = { runId: origin.id, key: `${origin.id}#${process}`, startedAt: origin.startedAt, record };
    for (const { file, process } of journalsOf(opened)) this.#journals.add(file, process);
    const flowDirectory = path.dirname(path.resolve(flow.ast.file));
    this.#definitions = new Definitions({ ...around.definitions, flowDirectory });
    const sources = { definitions: this.#definitions, reads: flow.analysis.reads, hide: opened.redactor.text };
    this.decisions = new RecordedDecisions(folder.file(journalName(journalStem('decisions', process))), this.#journals, warn);
    this.#watch = new CodeWatch(around.definitions.code, (file, since) => {
      this.decisions.noteEdit(process, file, since);
      onEdit(path.relative(flowDirectory, file));
    });
    this.outcomes = new RecordedOutcomes({
      watch: this.#watch,
      keys: new TaskKeys(sources),
      journals: this.#journals,
      decisions: this.decisions,
      reads: flow.analysis.reads,
      redactor: opened.redactor,
      endedBy: folder.lastEnding?.process ?? 0,
      failures: new JournalWriter(folder.file(journalName(journalStem('failures', process))), warn),
    });
    if (!opened.isResumed) this.#write('plan.json', JSON.stringify(describePlan(flow)));
  }

  /** Outcomes that earlier processes noted. */
  get known(): number {
    return this.#journals.size;
  }

  onEvent(event: FlowEvent): void {
    this.#events.add(event);
    if (event.type === 'node.rescued') this.#fallbacks++;
    const errno = Atomics.load(this.#trouble, 0);
    if (errno !== 0) this.#warn(Object.assign(new Error('a thread could not note its results'), { code: codeOf(errno) }));
  }

  /** What the flow's nodes do, the code behind them included. */
  async codeKey(): Promise<string> {
    const nodes = Object.entries(this.#flow.workNodes);
    const known = await Promise.all(nodes.map(([, node]) => this.#definitions.definitionOf([node])));
    return hashValue(nodes.map(([id], at) => [id, known[at]?.kind === 'known' ? known[at].key : known[at]?.why]));
  }

  /** Notes how the run has ended. */
  async end(result: RunResult): Promise<void> {
    const { status, durationMs, error, state } = result;
    const { vertices } = this.#flow.plan;
    const ended = vertices.map(({ id }) => state.nodeResults.get(id)?.status);
    const withheld = status === 'completed' ? this.#keepOutput(result.output) : undefined;
    const ending: RunEnding = {
      status,
      process: this.#opened.process,
      finishedAt: Date.now(),
      durationMs,
      done: ended.filter((each) => each === 'completed' || each === 'skipped').length,
      nodes: vertices.length,
      ...(this.#fallbacks > 0 && { fallbacks: this.#fallbacks }),
      // Made by code that may or may not be what was read, it is no result of either.
      code: (await this.#watch.ask()) ? await this.codeKey() : '',
      ...(error && { error: describeError(error) }),
      ...(withheld !== undefined && { withheld }),
    };
    this.#write('outcome.json', JSON.stringify(ending, undefined, 2));
  }

  close(): void {
    this.#events.close();
    this.#journals.close();
  }

  #keepOutput(output: unknown): string | undefined {
    try {
      const bytes = v8.serialize(output);
      if (this.#opened.redactor.containsSecret(bytes)) return 'it holds a secret';
      this.#write('output.bin', withDigest('output.bin', bytes));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #write(name: string, content: string | Uint8Array): void {
    try {
      this.#opened.folder.write(name, content);
    } catch (error) {
      this.#warn(error as NodeJS.ErrnoException);
    }
  }
}

/** What the system calls the number of an error, such as ENOSPC. */
function codeOf(errno: number): string | undefined {
  return getSystemErrorMap().get(errno)?.[0];
}

/** Earlier ones first. */
function journalsOf({ folder, isResumed }: OpenedRun): { readonly file: string; readonly process: number }[] {
  if (!isResumed) return [];
  const numbered = folder.names.flatMap((name) => {
    const number = processOfJournal(name);
    return number === undefined ? [] : [{ name, number }];
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ name, number }) => ({ file: folder.file(name), process: number }));
}

function describePlan({ plan }: RecordableFlow): unknown {
  const nodes = plan.vertices.map(({ id, label, dependsOn }, index) => ({
    id,
    element: label,
    wave: plan.layers.waveOf[index],
    dependsOn: [...new Set(dependsOn.map((dependency) => dependency.id))],
  }));
  return { waves: plan.waves, nodes, criticalPath: plan.criticalPath };
}
