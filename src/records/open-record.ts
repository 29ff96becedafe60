import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import v8 from 'node:v8';
import { FlowError } from '../errors/flow-error.js';
import { createRedactor, type Redactor } from '../errors/redact.js';
import type { RunnableFlow } from '../execution/run.js';
import type { RunOptions } from '../execution/run-options.js';
import type { RunEnding, RunOrigin } from './record-shapes.js';
import { damagedRuns, listRuns, RunFolder, runsIn } from './run-folder.js';
import { hideFromGit, stateDirectoryOf } from './state-folder.js';

/** A flow whose runs can be recorded. */
export interface RecordableFlow extends RunnableFlow {
  readonly text: string;
  readonly stubs?: Readonly<Record<string, unknown>>;
}

/** A run's folder, entered by this process. */
export interface OpenedRun {
  readonly folder: RunFolder;
  readonly origin: RunOrigin;
  /** Number of this process among those that have worked on the run. */
  readonly process: number;
  readonly isResumed: boolean;
  readonly redactor: Redactor;
  /** What the run is given: its own input and config, unless others were given now. */
  readonly given: Pick<RunOptions, 'input' | 'config'>;
  /** How it had ended, if it had. */
  readonly before: RunEnding | undefined;
  /** Undoes the entering. */
  leave(): void;
  /** Neither flow, input nor config differ from those of the process before. */
  readonly isUnchanged: boolean;
}

export interface RunSize {
  readonly mode: string;
  readonly maxConcurrency: number;
}

/** How a state folder calls a flow file. */
export function flowFileIn(stateDirectory: string, file: string): string {
  return path.relative(path.dirname(stateDirectory), path.resolve(file)).split(path.sep).join('/');
}

/**
 * Begins the record of a new run.
 * @throws the system's error when it cannot be written
 */
export function beginRun(flow: RecordableFlow, options: RunOptions, size: RunSize): OpenedRun {
  const stateDirectory = stateDirectoryOf(flow.ast.file, options.stateDirectory);
  const folder = new RunFolder(runsIn(stateDirectory), randomUUID());
  const redactor = createRedactor(secretsOf(flow, options));
  const kept = encodeGiven(options, redactor);
  const origin: RunOrigin = {
    format: 1,
    id: folder.id,
    workflow: flow.ast.name,
    file: flowFileIn(stateDirectory, flow.ast.file),
    flowHash: digest(flow),
    startedAt: Date.now(),
    ...size,
    node: process.version,
    secrets: flow.ast.secrets.map(({ name }) => name),
    config: Object.keys(options.config ?? {}),
    ...(typeof kept === 'string' && { withheld: kept }),
  };
  folder.create(origin);
  hideFromGit(stateDirectory);
  if (typeof kept !== 'string') folder.write('given.bin', withDigest('given.bin', kept));
  return { ...entered(folder, false, 0), folder, origin, redactor, given: {}, before: undefined, isUnchanged: true };
}

/**
 * Enters a recorded run.
 * @throws FlowError RUN_NOT_FOUND, RUN_ACTIVE, RUN_NOT_RESUMABLE
 */
export function reenterRun(flow: RecordableFlow, options: RunOptions): OpenedRun {
  const { folder, origin } = findRun(flow, options);
  const latest = folder.latestProcess?.number ?? 0;
  if (folder.isActive) throw stillActive(folder);
  const redactor = createRedactor(secretsOf(flow, options));
  const before = decodeGiven(folder);
  const isComplete =
    options.input !== undefined && flow.ast.params.every(({ name }) => Object.hasOwn(options.config ?? {}, name));
  if (before === undefined && !isComplete) throw withoutGiven(origin);
  const config = { ...before?.config, ...options.config };
  const given = { input: options.input ?? before?.input, config };
  const wasGiven = before && encodeGiven(before, redactor);
  const isGiven = encodeGiven(given, redactor);
  const sameValues =
    wasGiven !== undefined && typeof wasGiven !== 'string' && typeof isGiven !== 'string' && wasGiven.equals(isGiven);
  const isUnchanged = sameValues && origin.flowHash === digest(flow);
  const ending = folder.ending;
  return { ...entered(folder, true, latest), folder, origin, redactor, given, before: ending, isUnchanged };
}

/** Whether a run of this flow is recorded that `resume` could mean. */
export function hasRun(flow: string, resume: string, stateDirectory: string | undefined): boolean {
  return fittingRuns(runsOf(flow, stateDirectoryOf(flow, stateDirectory)), resume).length > 0;
}

type RecordedRun = ReturnType<typeof listRuns>[number];

function runsOf(flow: string, stateDirectory: string): readonly RecordedRun[] {
  const file = flowFileIn(stateDirectory, flow);
  return listRuns(stateDirectory).filter(({ origin }) => origin.file === file);
}

/** The latest first. */
function fittingRuns(runs: readonly RecordedRun[], resume: string): readonly RecordedRun[] {
  return resume === 'last' ? runs.slice(0, 1) : runs.filter(({ origin }) => origin.id.startsWith(resume));
}

function findRun(flow: RecordableFlow, options: RunOptions): RecordedRun {
  const stateDirectory = stateDirectoryOf(flow.ast.file, options.stateDirectory);
  const runs = runsOf(flow.ast.file, stateDirectory);
  const { resume = 'last' } = options;
  const fitting = fittingRuns(runs, resume);
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  throw notFound(resume, fitting.length, runs.length, stateDirectory);
}

function notFound(wanted: string, fitting: number, all: number, stateDirectory: string): FlowError {
  const [damaged] = damagedRuns(stateDirectory);
  const mend = damaged && `The run.json in ${damaged} is damaged.`;
  const hint = mend ?? (all === 0 ? 'Run the flow without --resume first.' : 'flowscript runs lists them.');
  if (fitting > 1)
    return new FlowError('RUN_NOT_FOUND', `${fitting} runs of this flow have an id that begins with "${wanted}"`, { hint });
  const what =
    wanted === 'last' ? 'no run of this flow is recorded' : `no run of this flow has an id that begins with "${wanted}"`;
  return new FlowError('RUN_NOT_FOUND', `${what} in ${stateDirectory}`, { hint });
}

function stillActive({ id, latestProcess }: RunFolder): FlowError {
  return new FlowError('RUN_ACTIVE', `run ${id} is still going on, in process ${latestProcess?.identity?.pid}`, {
    hint: 'Wait for its end or stop it; without --resume a run of its own begins.',
  });
}

function withoutGiven({ id, withheld = 'their file is damaged' }: RunOrigin): FlowError {
  return new FlowError('RUN_NOT_RESUMABLE', `the input and config values of run ${id} were not kept: ${withheld}`, {
    hint: 'Give them again: --input and --set for each <param> (input and config in the library).',
  });
}

/** @throws FlowError RUN_ACTIVE when another process has just entered it */
function entered(folder: RunFolder, isResumed: boolean, latest: number): Pick<OpenedRun, 'process' | 'isResumed' | 'leave'> {
  const number = folder.enter(latest);
  if (number === undefined) throw stillActive(folder);
  return { process: number, isResumed, leave: () => (isResumed ? folder.remove(`process-${number}.json`) : folder.remove()) };
}

/** The values that were given, and must not show; what is missing is told when the run starts. */
function secretsOf({ ast }: RunnableFlow, { secrets, env }: RunOptions): Record<string, string> {
  const values = secrets ?? env ?? process.env;
  return Object.fromEntries(ast.secrets.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])));
}

/** Input and config as bytes, or why they are not kept. */
function encodeGiven({ input, config }: Pick<RunOptions, 'input' | 'config'>, redactor: Redactor): Buffer | string {
  try {
    const bytes = v8.serialize({ input, config: { ...config } });
    return redactor.containsSecret(bytes) ? 'they hold a secret' : bytes;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function decodeGiven(folder: RunFolder): Pick<RunOptions, 'input' | 'config'> | undefined {
  const bytes = checked(folder, 'given.bin');
  return bytes === undefined ? undefined : (v8.deserialize(bytes) as Pick<RunOptions, 'input' | 'config'>);
}

const digestBytes = 32;

/** Behind a checksum, so that damage shows; with the name in it, so that no file passes for another. */
export function withDigest(name: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([createHash('sha256').update(name).update(bytes).digest(), bytes]);
}

/** What was written with its checksum, if it is whole. */
export function checked(folder: RunFolder, name: string): Buffer | undefined {
  const content = folder.bytes(name);
  if (content === undefined) return undefined;
  const bytes = content.subarray(digestBytes);
  return content.equals(withDigest(name, bytes)) ? bytes : undefined;
}

/** With other stubs, or without them, it is another flow. */
function digest({ text, stubs }: RecordableFlow): string {
  const whole = stubs === undefined ? text : JSON.stringify([text, stubs]);
  return createHash('sha256').update(whole).digest('hex');
}
