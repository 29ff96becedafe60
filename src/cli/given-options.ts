import { FlowError } from '../errors/flow-error.js';
import { createRedactor } from '../errors/redact.js';
import type { ChaosOptions } from '../execution/chaos.js';
import { givenFaults } from '../execution/given-values.js';
import type { RunOptions } from '../execution/run-options.js';
import type { LoadOptions, Workflow } from '../flowscript.js';
import { hideAtExit } from './exit-watch.js';
import { assignedNames, parseAssignments } from './parse-assignments.js';
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
  /** The run that it goes on with has its own config. */
  readonly resume?: string | true;
}

/** The plugins of a command line, as `loadWorkflow` takes them. */
export function pluginOptions({ plugin }: { readonly plugin?: readonly string[] }): LoadOptions {
  return plugin === undefined ? {} : { plugins: plugin };
}

/** Secrets included, so that they can be kept out of what is printed. */
export type GivenOptions = RunOptions & { readonly secrets: Readonly<Record<string, string>> };

/**
 * What a command line gives a run: config, secrets, time limit and input.
 * @throws FlowError CONFIG_INVALID for the first thing at fault; the others, and what is missing, are in its `errors`
 */
export async function readGiven(workflow: Workflow, flags: GivenFlags): Promise<GivenOptions> {
  const { params, secrets: declared } = workflow.ast;
  const faults: FlowError[] = [];
  const config = await attempt(() => parseAssignments(flags.set ?? [], params), faults);
  const secrets = await attempt(() => readSecrets(declared, flags.secretsFile, process.env), faults);
  hideAtExit(createRedactor(secrets ?? {}));
  const { timeout, input, chaos } = flags;
  // Standard input may stay open for long, and what is at fault by now is to be told now.
  const isRead = input !== undefined && (input !== '-' || faults.length === 0);
  const value = isRead ? await attempt(() => readInput(input), faults) : undefined;
  const [first, ...others] = faults;
  if (first === undefined) {
    return {
      config: config ?? {},
      secrets: secrets ?? {},
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      ...(chaos === undefined ? {} : { chaos }),
      ...(input === undefined ? {} : { input: value }),
    };
  }
  throw first.accompanied([...others, ...(flags.resume === undefined ? missingFaults(workflow, flags, secrets) : [])]);
}

/** What the engine would find next. Without faults of the command line it does so itself, once the config of a resumed run is known. */
function missingFaults({ ast }: Workflow, { set = [] }: GivenFlags, secrets: GivenOptions['secrets'] | undefined) {
  const named = assignedNames(set);
  const params = ast.params.filter(({ name }) => !named.has(name));
  return givenFaults({ params, secrets: secrets === undefined ? [] : ast.secrets }, {}, secrets ?? {});
}

async function attempt<T>(act: () => T | Promise<T>, faults: FlowError[]): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    faults.push(...error.separated());
    return undefined;
  }
}
