import type { FlowError } from '../errors/flow-error.js';
import {
  aBoolean,
  aFunction,
  anything,
  aRecord,
  type Check,
  hiddenTexts,
  kind,
  numberFrom,
  optionsOf,
  readOptions,
} from '../errors/options.js';
import type { CacheReport } from '../types/cache.js';
import type { FaultKind, FlowEvent } from '../types/events.js';
import type { ExecutionState } from '../types/state.js';
import { type ChaosOptions, chaosOptions } from './chaos.js';

export interface RunOptions {
  /** What nodes without `input` get, and `run.input`. @default null */
  readonly input?: unknown;
  /** Values for the flow's `<param>`s, of their declared types. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Values for the flow's `<secret>`s. @default the environment's */
  readonly secrets?: Readonly<Record<string, string | undefined>>;
  /** Where `<var>`s are read from. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Cancels the run: nothing more starts, running work is stopped. */
  readonly signal?: AbortSignal;
  /** For the whole run; overrides the flow's. */
  readonly timeoutMs?: number;
  /** Lets attempts fail on purpose, to test retries and fallbacks. @default none */
  readonly chaos?: ChaosOptions;
  /** Told of everything as it happens. What it throws is ignored, and so is a promise of it that rejects. */
  readonly onEvent?: (event: FlowEvent) => void;
  /**
   * Whether results of other runs are used again: of every node whose result can be (`true`), of none (`false`), or of those that
   * the flow marks `cache="true"`. @default the flow's marks
   */
  readonly cache?: boolean;
  /**
   * Keeps how long each node took in `stateDirectory`, and starts nodes by what they took the last time. A folder that cannot be
   * written to changes nothing else. @default false
   */
  readonly timings?: boolean;
  /**
   * Leaves a record of the run in `stateDirectory`, from which it can be resumed; `keep`: of so many runs of a flow, by
   * default 20. @default false
   */
  readonly record?: boolean | { readonly keep?: number };
  /** @default `.flowscript` in the folder of the flow file */
  readonly stateDirectory?: string;
  /**
   * Goes on with a recorded run of this flow: the last one, or that of an id (its first characters will do). What has finished
   * does not run again as long as it would do the same with the same values. Input and config are the run's own unless given.
   */
  readonly resume?: string;
  /**
   * Told what the caller should know and what is no failure: that the record or the cache cannot be written, or what is resumed.
   * What it throws is ignored, and so is a promise of it that rejects.
   * @default process.emitWarning, for warnings
   */
  readonly onNotice?: (message: string, level: 'info' | 'warning') => void;
}

/** How a run ended. A failed one still has everything that finished. */
export interface RunResult {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** Value of `<output>`, else the last top-level node's output; `null` unless completed. */
  readonly output: unknown;
  /** What ended the run; further failures are in its `errors`. */
  readonly error?: FlowError;
  readonly state: ExecutionState;
  readonly runId: string;
  readonly durationMs: number;
  readonly mode: string;
  /** Tasks that could run at one time. */
  readonly maxConcurrency: number;
  /** Failures of branches and items that blocks let pass: `onError="continue"`, `toleratedFailures`, a `join` reached without them. */
  readonly ignoredFailures: number;
  /** What the cache had of each node, and why not more; present when the run had anything to do with it. */
  readonly cache?: CacheReport;
  /** With `chaos`: how many faults were injected. */
  readonly faults?: Readonly<Record<FaultKind, number>>;
}

const recordOptions = optionsOf({ keep: numberFrom(1) }, { expected: 'true, false or an object' });

const runChecks: Readonly<Record<keyof RunOptions, Check>> = {
  input: anything,
  config: aRecord,
  secrets: hiddenTexts,
  env: hiddenTexts,
  signal: kind('an AbortSignal, such as new AbortController().signal', (signal) => signal instanceof AbortSignal),
  timeoutMs: kind('a number above 0', (ms) => typeof ms === 'number' && ms > 0),
  chaos: chaosOptions,
  onEvent: aFunction,
  cache: aBoolean,
  timings: aBoolean,
  record: (value, name, of) => {
    if (typeof value !== 'boolean') recordOptions(value, name, of);
  },
  stateDirectory: kind('the path of a folder', isNonEmptyText),
  resume: kind('"last" or the id of a run', isNonEmptyText),
  onNotice: aFunction,
};

function isNonEmptyText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/**
 * What is undefined was not given, in the config too: the flow's default counts, or the value of the run that is resumed.
 * @throws TypeError
 */
export function readRunOptions(given: RunOptions): RunOptions {
  const options = readOptions(given, runChecks, 'engine.run');
  if (options.config === undefined) return options;
  const config = Object.fromEntries(Object.entries(options.config).filter(([, value]) => value !== undefined));
  return { ...options, config };
}
