import type { ExecutionMode } from '../flowscript.js';
import type { GivenFlags } from './given-options.js';

/** What `flowscript run` was told. */
export interface RunCommandOptions extends GivenFlags {
  readonly mode?: ExecutionMode;
  readonly maxConcurrency?: number;
  readonly output?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly plugin?: readonly string[];
  readonly workerMemory?: number;
  readonly cache?: boolean;
  readonly explain?: true;
  /** Milliseconds. */
  readonly grace?: number;
  /** False with `--no-record`. */
  readonly record?: boolean;
  readonly keep?: number;
  readonly stub?: readonly string[];
  readonly recordStubs?: string;
  readonly stateDir?: string;
  readonly failOnIgnored?: true;
  /** True for the last run. */
  readonly resume?: string | true;
}
