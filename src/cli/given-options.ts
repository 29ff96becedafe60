import { createRedactor } from '../errors/redact.js';
import type { ChaosOptions } from '../execution/chaos.js';
import type { RunOptions } from '../execution/run-options.js';
import type { LoadOptions, Workflow } from '../flowscript.js';
import { hideAtExit } from './exit-watch.js';
import { parseAssignments } from './parse-assignments.js';
import { readInput } from './read-input.js';
import { readSecrets } from './read-secrets.js';

/** The options of a verb that say what a flow is given. */
export interface GivenFlags {
  readonly input?: string;
  readonly set?: readonly string[];
  readonly secretsFile?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly chaos?: ChaosOptions;
}

/** The plugins of a command line, as `loadWorkflow` takes them. */
export function pluginOptions({ plugin }: { readonly plugin?: readonly string[] }): LoadOptions {
  return plugin === undefined ? {} : { plugins: plugin };
}

/** Secrets included, so that they can be kept out of what is printed. */
export type GivenOptions = RunOptions & { readonly secrets: Readonly<Record<string, string>> };

/**
 * What a command line gives a run: config, secrets, time limit and input.
 * @throws FlowError CONFIG_INVALID
 */
export async function readGiven({ ast }: Workflow, flags: GivenFlags): Promise<GivenOptions> {
  const config = parseAssignments(flags.set ?? [], ast.params);
  const secrets = await readSecrets(ast.secrets, flags.secretsFile, process.env);
  hideAtExit(createRedactor(secrets));
  const { timeout, input, chaos } = flags;
  return {
    config,
    secrets,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(chaos === undefined ? {} : { chaos }),
    ...(input === undefined ? {} : { input: await readInput(input) }),
  };
}
