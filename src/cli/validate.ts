import { describeError } from '../errors/describe-error.js';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { paintFor } from './paint.js';
import { createSourceReader } from './read-source.js';
import { renderFaultCount, renderFaults } from './render-faults.js';

export interface ValidateCommandOptions {
  readonly json?: true;
  readonly plugin?: readonly string[];
}

interface CheckedFlow {
  readonly file: string;
  readonly faults: readonly FlowError[];
}

/**
 * Checks flows without running them and reports every fault of every one: text to stderr, or with `json` to stdout
 * `{valid, files: [{file, faults}]}`.
 */
export async function validate(files: readonly string[], options: ValidateCommandOptions): Promise<ExitCode> {
  const checked: CheckedFlow[] = [];
  for (const file of files) checked.push({ file, faults: await findFaults(file, options.plugin) });
  const valid = checked.every(({ faults }) => faults.length === 0);
  if (options.json) process.stdout.write(`${renderJson(checked, valid)}\n`);
  else process.stderr.write(`${renderText(checked)}\n`);
  return valid ? exitCodes.done : exitCodes.invalid;
}

async function findFaults(file: string, plugins: readonly string[] | undefined): Promise<readonly FlowError[]> {
  try {
    await checkFlowFile(file);
    const { loadWorkflow } = await import('../workflow.js');
    await loadWorkflow(file, plugins === undefined ? {} : { plugins });
    return [];
  } catch (error) {
    if (error instanceof FlowValidationError) return error.faults;
    if (error instanceof FlowError) return [error];
    throw error;
  }
}

function renderJson(checked: readonly CheckedFlow[], valid: boolean): string {
  const files = checked.map(({ file, faults }) => ({ file, faults: faults.map((fault) => describeError(fault)) }));
  return JSON.stringify({ valid, files });
}

function renderText(checked: readonly CheckedFlow[]): string {
  const paint = paintFor(process.stderr);
  const rendering = { paint, readSource: createSourceReader(), directory: process.cwd() };
  const faulty = checked.filter(({ faults }) => faults.length > 0);
  const counts = checked.map(({ faults }) => faults.length);
  return [...faulty.map(({ faults }) => `${renderFaults(faults, rendering)}\n`), renderFaultCount(counts, paint)].join('\n');
}
