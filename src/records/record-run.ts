import v8 from 'node:v8';
import { FlowError } from '../errors/flow-error.js';
import type { Surroundings } from '../execution/run.js';
import type { RunOptions, RunResult } from '../execution/run-options.js';
import { createState } from '../state/index.js';
import type { FlowEvent } from '../types/events.js';
import { beginRun, checked, flowFileIn, type OpenedRun, type RecordableFlow, type RunSize, reenterRun } from './open-record.js';
import { pruneRuns } from './run-folder.js';
import { type RecordSurroundings, RunRecord, type Voice, type Warn } from './run-record.js';
import { stateDirectoryOf } from './state-folder.js';

/** Runs a flow, given what its record adds. */
export type Execute = (record: Pick<Surroundings, 'identity' | 'known' | 'decisions'>, options: RunOptions) => Promise<RunResult>;

/** Runs kept of a flow, by default. */
const keptRuns = 20;

/**
 * Runs a flow so that a record of it is left, from which it can be resumed. When none can be written, that is told once and
 * the run goes on without.
 * @throws FlowError RUN_NOT_FOUND, RUN_ACTIVE, RUN_NOT_RESUMABLE
 */
export async function recordRun(
  flow: RecordableFlow,
  options: RunOptions,
  around: RecordSurroundings,
  execute: Execute,
): Promise<RunResult> {
  const warn = warnOnce(options);
  const opened = open(flow, options, around, warn);
  const record = opened && start(flow, opened, around, { warn, onEdit: (file) => options.onNotice?.(edited(file), 'info') });
  if (opened === undefined || record === undefined) {
    if (options.resume !== undefined) throw notEntered(options.resume);
    return execute({}, options);
  }
  try {
    return (await completedBefore(record, opened, options)) ?? (await runRecorded(record, opened, options, execute));
  } finally {
    record.close();
    prune(flow, options, warn);
  }
}

async function runRecorded(record: RunRecord, opened: OpenedRun, options: RunOptions, execute: Execute): Promise<RunResult> {
  let hasBegun = false;
  /** Gives what the listener gives: a promise that rejects is seen to where events leave the run. */
  const onEvent = (event: FlowEvent): unknown => {
    hasBegun = true;
    record.onEvent(event);
    return options.onEvent?.(event);
  };
  if (opened.isResumed) options.onNotice?.(`resuming run ${opened.folder.id}, of which ${results(record.known)} known`, 'info');
  try {
    const result = await execute(
      { identity: record.identity, known: [record.outcomes], decisions: record.decisions },
      { ...options, ...opened.given, onEvent },
    );
    await record.end(result);
    return result;
  } catch (error) {
    // What could not begin leaves nothing behind.
    if (!hasBegun) opened.leave();
    throw error;
  }
}

function results(count: number): string {
  return count === 1 ? '1 result is' : `${count} results are`;
}

/** A completed run has nothing left to do, unless its flow, the code behind it or what it is given has changed. */
async function completedBefore(
  record: RunRecord,
  { before, folder, origin, isUnchanged, leave }: OpenedRun,
  options: RunOptions,
): Promise<RunResult | undefined> {
  if (before?.status !== 'completed' || !isUnchanged || before.code !== (await record.codeKey())) return undefined;
  const bytes = checked(folder, 'output.bin');
  // Damaged, it is made once more, from what the nodes gave.
  if (bytes === undefined && before.withheld === undefined) return undefined;
  if (bytes === undefined) {
    leave();
    throw new FlowError('RUN_NOT_RESUMABLE', `run ${folder.id} has completed, and its output was not kept: ${before.withheld}`, {
      hint: 'There is nothing left to do. Without --resume a new run begins.',
    });
  }
  leave();
  options.onNotice?.(`run ${folder.id} has completed before: this is its output, nothing was run`, 'info');
  const state = createState({ workflowId: origin.workflow, runId: folder.id, config: options.config ?? {}, secrets: {} });
  state.status = 'completed';
  const { mode, maxConcurrency } = origin;
  const output: unknown = v8.deserialize(bytes);
  return { status: 'completed', output, ignoredFailures: 0, state, runId: folder.id, durationMs: 0, mode, maxConcurrency };
}

function warnOnce({ onNotice }: RunOptions): Warn {
  let isTold = false;
  return ({ code, message }) => {
    if (isTold) return;
    isTold = true;
    const text = `the record of this run cannot be written (${code ?? message}): it goes on, but cannot be resumed from here`;
    if (onNotice) onNotice(text, 'warning');
    else process.emitWarning(text);
  };
}

function edited(file: string): string {
  return `${file} was written after this run had read it: what its nodes do from now on is not noted, and runs again on --resume`;
}

function open(flow: RecordableFlow, options: RunOptions, size: RunSize, warn: Warn): OpenedRun | undefined {
  try {
    return options.resume === undefined ? beginRun(flow, options, size) : reenterRun(flow, options);
  } catch (error) {
    if (error instanceof FlowError) throw error;
    warn(error as NodeJS.ErrnoException);
    return undefined;
  }
}

function start(flow: RecordableFlow, opened: OpenedRun, around: RecordSurroundings, voice: Voice): RunRecord | undefined {
  try {
    return new RunRecord(flow, opened, around, voice);
  } catch (error) {
    voice.warn(error as NodeJS.ErrnoException);
    return undefined;
  }
}

/** Going on without the record would be another run: with no input, and everything once more. */
function notEntered(resume: string): FlowError {
  return new FlowError('RUN_NOT_RESUMABLE', `the record of run ${resume} cannot be opened, so there is nothing to go on from`, {
    hint: 'Make its folder under .flowscript/runs writable, or run the flow without --resume.',
  });
}

/** Old records that cannot be removed are no reason to fail. */
function prune(flow: RecordableFlow, options: RunOptions, warn: Warn): void {
  const keep = (typeof options.record === 'object' ? options.record.keep : undefined) ?? keptRuns;
  const stateDirectory = stateDirectoryOf(flow.ast.file, options.stateDirectory);
  try {
    pruneRuns(stateDirectory, keep, flowFileIn(stateDirectory, flow.ast.file));
  } catch (error) {
    warn(error as NodeJS.ErrnoException);
  }
}
