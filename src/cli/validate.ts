import { describeError } from '../errors/describe-error.js';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { checkFlowFile } from './check-flow-file.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { paintFor } from './paint.js';
import { createSourceReader } from './read-source.js';
import { renderFaultCount, renderFaults, renderWarnings } from './render-faults.js';

export interface ValidateCommandOptions {
  readonly json?: true;
  readonly plugin?: readonly string[];
}

interface CheckedFlow {
  readonly file: string;
  readonly faults: readonly FlowError[];
  readonly warnings: readonly FlowError[];
}

/**
 * Checks flows without running them and reports every fault of every one, and the warnings about flows without a fault: text to stderr,
 * or with `json` to stdout `{valid, files: [{file, faults, warnings}]}`, where `warnings` is left out if there is none.
 */
export async function validate(files: readonly string[], options: ValidateCommandOptions): Promise<ExitCode> {
  const checked: CheckedFlow[] = [];
  for (const file of files) checked.push({ file, ...(await check(file, options.plugin)) });
  const valid = checked.every(({ faults }) => faults.length === 0);
  if (options.json) process.stdout.write(`${renderJson(checked, valid)}\n`);
  else process.stderr.write(`${renderText(checked)}\n`);
  return valid ? exitCodes.done : exitCodes.invalid;
}

async function check(file: string, plugins: readonly string[] | undefined): Promise<Omit<CheckedFlow, 'file'>> {
  try {
    await checkFlowFile(file);
    const { loadWorkflow } = await import('../workflow.js');
    const { warnings } = await loadWorkflow(file, { schemas: 'compile', ...(plugins && { plugins }) });
    return { faults: [], warnings };
  } catch (error) {
    if (error instanceof FlowValidationError) return { faults: error.faults, warnings: [] };
    if (error instanceof FlowError) return { faults: [error], warnings: [] };
    throw error;
  }
}

function renderJson(checked: readonly CheckedFlow[], valid: boolean): string {
  const files = checked.map(({ file, faults, warnings }) => ({
    file,
    faults: faults.map((fault) => describeError(fault)),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map((warning) => describeError(warning)) }),
  }));
  return JSON.stringify({ valid, files });
}

function renderText(checked: readonly CheckedFlow[]): string {
  const paint = paintFor(process.stderr);
  const rendering = { paint, readSource: createSourceReader(), directory: process.cwd() };
  const parts = checked.flatMap(({ faults, warnings }) => {
    if (faults.length > 0) return [`${renderFaults(faults, rendering)}\n`];
    return warnings.length > 0 ? [`${renderWarnings(warnings, rendering)}\n`] : [];
  });
  const counts = checked.map(({ faults }) => faults.length);
  return [...parts, renderFaultCount(counts, paint)].join('\n');
}
